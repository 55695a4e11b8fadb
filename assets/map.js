/**
 * The map of the page: takes the instance that dash-leaflet makes, fits the area, listens, and
 * keeps the picture current.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  if (!window.L) return;
  const L = window.L;
  const SMALLEST_PX = 60;
  const PHONE_PX = 600;
  const held = { map: null, stack: null, fitted: null, buttons: null, clicks: 0 };

  L.Map.addInitHook(function takeOver() {
    if (this.options.isInset) return;
    const isPhone = window.innerWidth < PHONE_PX;
    Object.assign(this.options, {
      zoomSnap: 0,
      zoomDelta: 1,
      wheelPxPerZoomLevel: 110,
      minZoom: 3,
      maxZoom: 19,
      attributionControl: false,
      bounceAtZoomLimits: false,
    });
    if (this.doubleClickZoom) this.doubleClickZoom.disable();
    keepOwnView(this);
    if (isPhone && this.dragging) this.dragging.disable();
    held.map = this;
    held.stack = null;
    held.fitted = null;
    this.on('unload', () => {
      if (held.map === this) held.map = null;
    });
    this.whenReady(() => watchSize(this));
    LC.requestDraw();
  });

  /**
   * dash-leaflet hears where the map went and sends it there again, with nothing but a centre. When
   * two moves follow each other closely that is the first of them: the map slid away.
   */
  function keepOwnView(map) {
    const { setView } = map;
    map.setView = (...values) => (values.length > 1 ? setView.apply(map, values) : map);
  }

  function watchSize(map) {
    if (!window.ResizeObserver) return;
    const observer = new ResizeObserver(() => {
      if (!map.getContainer().isConnected) {
        observer.disconnect();
        return;
      }
      held.byProgram = true;
      map.invalidateSize({ animate: false, pan: false });
      held.byProgram = false;
      if (held.fitted && !held.fitted.moved) fit(map, LC.app.view);
    });
    observer.observe(map.getContainer());
  }

  const reduced = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  /** Height of the map that the phone's bottom sheet covers. */
  function underSheet(map) {
    const sheet = document.querySelector('.detail-panel');
    if (!sheet || window.innerWidth >= PHONE_PX || LC.app.state.p !== 'coverage') return 0;
    const overlap =
      map.getContainer().getBoundingClientRect().bottom - sheet.getBoundingClientRect().top;
    return Math.max(0, Math.min(overlap, map.getSize().y - SMALLEST_PX * 2));
  }

  function paddingOf(map) {
    const size = map.getSize();
    const side = Math.round(Math.min(size.x, size.y) * 0.03) + 4;
    const legend = LC.byId('legend');
    const covered = legend && map.getContainer().parentNode.contains(legend) &&
      LC.app.state.p === 'coverage';
    const left = covered && size.x > SMALLEST_PX * 8
      ? Math.min(legend.offsetWidth, size.x / 4)
      : side;
    return { paddingTopLeft: [left, side], paddingBottomRight: [side, side + underSheet(map)] };
  }

  function fit(map, view) {
    if (!view || !view.area.bounds) return;
    const [west, south, east, north] = view.area.bounds;
    held.byProgram = true;
    map.fitBounds([[south, west], [north, east]], { ...paddingOf(map), animate: false });
    held.byProgram = false;
    held.fitted = { key: view.release + view.area.code, moved: false };
  }

  function firstView(map, app) {
    const parts = (app.state.z || '').split(',').map(Number);
    const isGiven = parts.length === 3 && parts.every(Number.isFinite);
    if (isGiven && !held.fitted) {
      held.byProgram = true;
      map.setView([parts[0], parts[1]], parts[2], { animate: false });
      held.byProgram = false;
      held.fitted = { key: app.view.release + app.view.area.code, moved: true };
      return;
    }
    fit(map, app.view);
  }

  function start(map) {
    held.stack = new LC.MapStack();
    held.stack.settled = LC.mapSettled;
    held.stack.addTo(map);
    held.buttons = new LC.MapButtons(() => {
      fit(map, LC.app.view);
      LC.act({ z: null });
    });
    map.addControl(held.buttons);
    held.scale = new LC.MapScale();
    map.addControl(held.scale);
    map.on('moveend', () => moved(map));
    map.on('mousemove', (event) => hover(map, event));
    map.on('mouseout', leave);
    map.on('click', (event) => click(event));
    map.on('dblclick', (event) => drill(map, event.containerPoint));
    map.getContainer().addEventListener('keydown', (event) => {
      const isOnMap = event.target === map.getContainer();
      if (event.key === 'Enter' && isOnMap) drill(map, map.getSize().divideBy(2), true);
    });
    map.getContainer().setAttribute('aria-label', LC.t('map_label'));
    map.getContainer().setAttribute('role', 'application');
  }

  function moved(map) {
    held.scale.draw();
    if (held.byProgram || !held.fitted) return;
    held.fitted.moved = true;
    const center = map.getCenter();
    LC.act(
      { z: [center.lat.toFixed(5), center.lng.toFixed(5), map.getZoom().toFixed(1)].join(',') }
    );
  }

  function hover(map, event) {
    if (!held.stack.frame || window.matchMedia('(hover: none)').matches) return;
    const unit = held.stack.unitAt(event.containerPoint);
    held.stack.setHover(unit);
    LC.tooltip.at(map, held.stack, event.containerPoint, LC.app);
    LC.hovered(held.stack.scene.unit, unit);
  }

  function leave() {
    LC.tooltip.hide();
    if (held.stack) held.stack.setHover(-1);
    LC.hovered(null, -1);
  }

  function click(event) {
    const isSecond = event.originalEvent && event.originalEvent.detail > 1;
    if (isSecond) return;
    const unit = held.stack.frame ? held.stack.unitAt(event.containerPoint) : -1;
    LC.pickUnit(LC.app, held.stack.scene.unit, unit);
    choose(event.latlng);
  }

  /** Ask the server which grid is there; its answer selects it. */
  function choose({ lat, lng }) {
    held.clicks += 1;
    window.dash_clientside.set_props('click', { data: { lon: lng, lat, n: -held.clicks } });
  }

  function enter(area) {
    held.drilling = null;
    LC.voidClicks(held.clicks);
    LC.act({ a: area.code, z: null, s: null });
  }

  /**
   * Go one level down into the child area at a point; at the last level the grid there is chosen,
   * which the first click of a double click has done already.
   */
  function drill(map, point, isKey) {
    const unit = held.stack.unitAt(point);
    const { view } = LC.app;
    if (unit < 0 || !view) return;
    const level = view.area.children_level;
    const drawn = held.stack.scene.unit;
    const children = view.children || [];
    if (drawn === 'grid' && level !== 'grid') {
      const child = children.find((one) => unit >= one.grid_lo && unit < one.grid_hi);
      if (child) enter(child);
      return;
    }
    // What is drawn is smaller than a child and has no range of grids: its grid knows its parents.
    held.drilling = level !== 'grid' ? { level, before: LC.app.place } : null;
    if (isKey || held.drilling) choose(map.containerPointToLatLng(point));
  }

  /** Take the step down that waited for the place under the pointer. */
  function goOn(place) {
    const { drilling } = held;
    if (!drilling || !place || place === drilling.before) return;
    const area = (place.path || []).find((one) => one.level === drilling.level);
    if (area) enter(area);
  }

  /** A map that has no room yet would fit the area into nothing. */
  function isLaidOut(map) {
    const box = map.getContainer();
    if (
      !box.isConnected || box.clientWidth < SMALLEST_PX || box.clientHeight < SMALLEST_PX
    ) return false;
    const size = map.getSize();
    if (size.x !== box.clientWidth || size.y !== box.clientHeight) {
      held.byProgram = true;
      map.invalidateSize({ animate: false, pan: false });
      held.byProgram = false;
    }
    return true;
  }

  function bringIntoView(map, place) {
    if (!place || held.shownPlace === place.grid_id) return;
    held.shownPlace = place.grid_id;
    const at = L.latLng(place.lat, place.lon);
    if (!map.getBounds().pad(-0.05).contains(at)) map.panTo(at, { animate: !reduced() });
  }

  /** Everything the picture depends on, save what the stack of sheets watches itself. */
  function shownBy(app) {
    const { state } = app;
    const theme = document.documentElement.getAttribute('data-theme');
    const { x, y } = held.map.getSize();
    const own = [held.map, held.map.getZoom(), x, y];
    const ofLists = LC.workPage(app) && LC.workPage(app).map ? app.lists : state.g;
    const keys = [state.p, app.layers, ofLists, theme, LC.lang(), ...own];
    return [app.view, app.place, app.minutes, app.ui.filter, app.words, ...keys];
  }

  LC.map = {
    /**
     * Bring the map up to the application's state; nothing happens while there is no map or no
     * view.
     */
    update(app) {
      const { map } = held;
      if (!map || !app.view || !isLaidOut(map)) return;
      const key = app.view.release + app.view.area.code;
      if (!held.fitted || held.fitted.key !== key) firstView(map, app);
      if (!held.stack) start(map);
      if (held.lang !== LC.lang()) {
        held.lang = LC.lang();
        held.buttons.label();
        held.scale.draw();
      }
      const shown = shownBy(app);
      if (held.shown && held.shown.every((value, k) => value === shown[k])) return;
      held.shown = shown;
      const before = held.stack.scene && held.stack.scene.hover;
      const scene = LC.sceneOf(map, app, LC.map.refresh);
      scene.hover = before;
      held.stack.setScene(scene);
      bringIntoView(map, app.place);
      goOn(app.place);
    },
    /** Draw again although the state is the same: something that was missing has come. */
    refresh() {
      held.shown = null;
      LC.requestDraw();
    },
    isFitted: () => Boolean(held.map && held.fitted),
    /** Outline a unit that another view points at. */
    hover(unit) {
      if (held.stack) held.stack.setHover(unit);
    },
    /** Give the Leaflet map of the page, or null. */
    get: () => held.map,
    stack: () => held.stack,
  };
})();
