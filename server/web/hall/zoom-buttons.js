// The buttons below a map.

import { byId } from '../shared/dom.js';

const ZOOM = 1.6;

export function listenToZoomButtons(camera) {
  byId('zoom-in').onclick = () => camera.zoom(ZOOM);
  byId('zoom-out').onclick = () => camera.zoom(1 / ZOOM);
  byId('zoom-all').onclick = () => camera.showAll();
}
