import type { Covering } from './padding';

/** Panels that lie over the map right now, as marked with `data-covers`; a narrow screen turns them into one sheet. */
export function coverings(root: ParentNode): Covering[] {
  return [...root.querySelectorAll<HTMLElement>('[data-covers]')].flatMap((panel) => {
    const { width, height } = panel.getBoundingClientRect();
    const side = getComputedStyle(panel).getPropertyValue('--covers').trim() || panel.dataset.covers;
    return width > 0 && height > 0 && isSide(side) ? [{ side, width, height }] : [];
  });
}

function isSide(side: string | undefined): side is Covering['side'] {
  return side === 'left' || side === 'right' || side === 'top' || side === 'bottom';
}
