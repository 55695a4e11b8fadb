/**
 * The small map of the card of a grid: its walk, the straight line and the smallest fix, close up.
 * It shows what the map of the page shows, from the same scene.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const AGAIN_MS = 150;
  const SPARE = 0.18;
  const WEIGHT = 1.15;
  const CELL_PX = 20; // one grid is never smaller close up
  const held = { box: null, map: null, stack: null, key: null };

  /** Give the ways of a card: the walk, the line to the facility nearest in a line, the fixes. */
  LC.waysOf = (found, fixes) => {
    const { far, near, route } = found;
    const lines = [];
    const sites = [];
    if (route && route.length > 1) lines.push({ kind: 'route', line: route });
    const ahead = near.filter((one) => one.line_dm !== null)
      .sort((a, b) => a.line_dm - b.line_dm)[0];
    const ends = (route || []).map(([lon, lat]) => ({ lon, lat }));
    const from = far && far.lon !== null ? far : ends[0] || null;
    if (ahead && from) {
      lines.push({ kind: 'straight', line: [[from.lon, from.lat], [ahead.lon, ahead.lat]] });
    }
    ((fixes && fixes.fixes) || []).forEach((fix, k) => {
      const [lon, lat] = fix.kind === 'link'
        ? [(fix.from[0] + fix.to[0]) / 2, (fix.from[1] + fix.to[1]) / 2]
        : fix.at;
      if (fix.kind === 'link') lines.push({ kind: 'fix', line: [fix.from, fix.to] });
      sites.push({ lon, lat, text: String(k + 1) });
    });
    return { lines, start: from, sites };
  };

  function boundsOf(place, ways) {
    const bounds = window.L.latLngBounds([]);
    const add = ([lon, lat]) => bounds.extend([lat, lon]);
    ways.lines.forEach((path) => path.line.forEach(add));
    ways.sites.forEach((point) => add([point.lon, point.lat]));
    const walk = (part) => (typeof part[0] === 'number' ? add(part) : part.forEach(walk));
    (place.ring || []).forEach((shape) => walk(shape.coordinates));
    if (!bounds.isValid()) add([place.lon, place.lat]);
    return bounds;
  }

  function build() {
    held.box = LC.h('div', { class: 'gapwhy-map', role: 'img' });
    held.map = window.L.map(held.box, {
      isInset: true,
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0,
      keyboard: false,
      scrollWheelZoom: false,
      fadeAnimation: false,
    });
  }

  /** Show the scene of the page's map close up; wait for it where it is not there yet. */
  function show(found, ways, key) {
    const main = LC.map && LC.map.stack();
    if (held.wanted !== key || !held.box.isConnected) return;
    const isLaidOut = held.box.clientWidth && held.box.clientHeight;
    if (!main || !main.scene || !main.scene.codes || !isLaidOut) {
      setTimeout(() => show(found, ways, key), AGAIN_MS);
      return;
    }
    held.map.invalidateSize({ animate: false });
    if (held.key !== key) {
      held.map.fitBounds(boundsOf(found.grid, ways).pad(SPARE), { animate: false, maxZoom: 18 });
      held.key = key;
    }
    if (!held.stack) {
      held.stack = new LC.MapStack();
      held.stack.addTo(held.map);
      held.scale = new LC.MapScale();
      held.map.addControl(held.scale);
    }
    held.stack.setScene({
      ...main.scene,
      inside: null,
      labels: [],
      reserved: [],
      unitPx: CELL_PX,
      place: { ...found.grid, nearest: nearestOf(found) },
      ways,
      weight: Math.max(WEIGHT, main.scene.weight),
      hover: null,
    });
    held.scale.draw();
  }

  const nearestOf = (found) => found.near.find((one) => one.walk_dm !== null) || found.near[0];

  /** Give the small map for a card; the same node again, so that it need not be made anew. */
  LC.whyMap = (found, fixes) => {
    if (!window.L || !LC.MapStack) return null;
    if (!held.box) build();
    held.box.setAttribute('aria-label', LC.t('why_map', { name: found.grid.name }));
    const ways = LC.waysOf(found, fixes);
    const theme = document.documentElement.getAttribute('data-theme');
    const key = [found.grid.grid_id, found.release, found.limit_dm, ways.lines.length,
      ways.sites.length, theme].join('|');
    held.wanted = key;
    requestAnimationFrame(() => show(found, ways, key));
    return held.box;
  };
})();
