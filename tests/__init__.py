"""What mrdguide promises, as tests. The folders mirror `engine/mrdguide/`."""
