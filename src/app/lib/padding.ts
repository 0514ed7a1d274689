/** Free space around what a map should show, pixels. */
export interface Padding {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** A panel over the map and the edge it leans on. */
export interface Covering {
  readonly side: 'left' | 'right' | 'top' | 'bottom';
  readonly width: number;
  readonly height: number;
}

/** Air between what is shown and a panel or an edge, pixels. */
const AIR = 40;
/** Panels never take more than this share of a direction away from a fit: something must stay to fit into. */
const MAX_SHARE = 0.7;

/** Padding that keeps a fitted place clear of the panels. */
export function paddingAround(mapWidth: number, mapHeight: number, coverings: readonly Covering[]): Padding {
  const reach = (side: Covering['side'], size: 'width' | 'height') =>
    Math.max(0, ...coverings.filter((panel) => panel.side === side).map((panel) => panel[size]));
  const [left, right] = shrink(reach('left', 'width'), reach('right', 'width'), mapWidth);
  const [top, bottom] = shrink(reach('top', 'height'), reach('bottom', 'height'), mapHeight);
  const air = Math.min(AIR, mapWidth / 10, mapHeight / 10);
  return { top: top + air, right: right + air, bottom: bottom + air, left: left + air };
}

function shrink(a: number, b: number, size: number): [number, number] {
  const factor = Math.min(1, (MAX_SHARE * size) / Math.max(a + b, 1));
  return [a * factor, b * factor];
}
