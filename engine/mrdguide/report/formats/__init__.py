"""Pages as HTML, Markdown, PDF and terminal text; nothing else."""
