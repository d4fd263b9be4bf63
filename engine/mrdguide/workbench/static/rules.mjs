// From a mistake to its line in the layer.
document.addEventListener("click", (event) => {
  const number = event.target.dataset?.line;
  if (!number) return;
  const field = document.getElementById("layer");
  const lines = field.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  field.scrollTop = (number - 1) * field.scrollHeight / Math.max(lines.length, 1) - field.clientHeight / 2;
});
