// The timeline: see timeline.html.j2.
