/** Takes the focus when nothing else has it: after the control that was pressed has left the page. */
export function focusIfLost(node: HTMLElement): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) node.focus({ preventScroll: true });
}
