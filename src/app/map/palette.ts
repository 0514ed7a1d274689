/** Colours of the map itself: muted, so that crops and choices carry the eye. */
export const MAP_COLOURS = {
  sea: '#d3e2ea',
  land: '#eceee7',
  czechia: '#fbfbf7',
  border: '#a9b2a6',
  town: '#4d574f',
  townHalo: '#ffffff',
  cell: '#8c9a8f',
  cellHover: '#11633f',
  chosen: '#0f7a4b',
  sample: '#8a4fbf',
  drawn: '#0f7a4b',
  pixel: '#10231a',
} as const;
