import type { Place, PlaceKind } from '../lib/places.ts'

/** What every view is given: its place, the tab it stands in, and whether it is on screen. */
export type ViewProps<P extends Place = Place> = { place: P; tabKey: string; active: boolean }
export type ViewOf<K extends PlaceKind> = ViewProps<Extract<Place, { kind: K }>>
