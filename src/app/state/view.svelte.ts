import type { GridWindow } from '../../geo';

/** Where the map is asked to go: a window, the Czech grid, zoom steps, or the keyboard focus. */
export type MapTarget = GridWindow | 'czechia' | 'focus' | number;

export type PanelName = 'setup' | 'result' | 'pixel';

/** The part of localStorage that is used; absent where the browser refuses storage. */
export type Preferences = Pick<Storage, 'getItem' | 'setItem'>;

const ONLINE_KEY = 'crop2seg-online-map';

/** What is open, and the background of the map. */
export class ViewState {
  /** The panel on top where there is room for one only. */
  panel = $state<PanelName>('setup');
  /** Whether the bottom sheet of a narrow screen is raised. */
  sheetOpen = $state(true);
  /** Remote map pictures: off until a person asks for them, then remembered. */
  online = $state(false);
  onlineFailed = $state(false);
  mapFailed = $state(false);
  /** Zoom level rounded down; panels only need to know whether cells are in sight. */
  zoom = $state(0);

  /** A wish to the map, taken back by it once done. */
  target = $state.raw<MapTarget | null>(null);

  readonly #preferences: Preferences | null;

  constructor(preferences: Preferences | null) {
    this.#preferences = preferences;
    this.online = preferences?.getItem(ONLINE_KEY) === 'on';
  }

  setOnline(online: boolean): void {
    this.online = online;
    this.onlineFailed = false;
    this.#preferences?.setItem(ONLINE_KEY, online ? 'on' : 'off');
  }

  open(panel: PanelName): void {
    this.panel = panel;
    this.sheetOpen = true;
  }
}

/** Reading the property alone throws where cookies are blocked. */
function preferences(): Preferences | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export const view = new ViewState(preferences());
