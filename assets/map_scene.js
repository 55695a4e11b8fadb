/**
 * Say what the map shows for a state: unit, codes, colours, labels, facilities, weights.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const LEGIBLE_PX = 4;
  const WASH = 0.26; // what is left of a colour outside the chosen area or list
  const VERY_WIDE = window.matchMedia('(min-aspect-ratio: 3/1) and (min-width: 2500px)');

  /** A screen of three zones, read from afar: the same query as in zone_wide.css. */
  LC.isVeryWide = () => VERY_WIDE.matches;

  const FILLED_SHARE_OF_BOX = 0.65;

  /** Give the width in pixels that one of `n` units has in the bounds of the area, at a zoom. */
  function unitWidth(map, bounds, n) {
    const corner = map.project([bounds[3], bounds[0]]);
    const other = map.project([bounds[1], bounds[2]]);
    const box = Math.abs((other.x - corner.x) * (other.y - corner.y));
    return Math.sqrt((box * FILLED_SHARE_OF_BOX) / Math.max(1, n));
  }

  /** Leave the units that an indicator has values for; all where it has none for any of them. */
  function withValues(offered, indicator) {
    const own = indicator ? offered.filter((level) => indicator.levels.includes(level)) : offered;
    return own.length ? own : offered;
  }

  /**
   * Choose the finest unit whose shapes can be told apart, of those that the indicator on the map
   * has values for; a unit named in the state wins. What is kept by estates is drawn by estates.
   */
  LC.unitFor = (map, view, state, indicator) => {
    const offered = LC.levelsOf(view);
    const kinds = LC.kindsFor(view, indicator);
    const width = (unit) => unitWidth(map, view.area.bounds, LC.countOfUnit(view, unit));
    const filled = withValues(offered, indicator);
    const legible = filled.find((level) => width(level) >= LEGIBLE_PX);
    const kept = indicator && kinds.find((kind) => kind === indicator.unit_kind);
    // a rule speaks of the places of one level, whatever the state says
    const wanted = indicator && indicator.rule ? indicator.unit_kind : state.u;
    const unit = [...offered, ...kinds].includes(wanted)
      ? wanted
      : kept || legible || filled[filled.length - 1] || 'grid';
    return { unit, unitPx: width(unit) };
  };

  /**
   * Weight of lines and type for the page, the wall and the phone, as the style guide sets them.
   */
  function weights(map, page) {
    const { x } = map.getSize();
    if (window.innerWidth < 600) return { weight: 0.6, typeScale: 0.93, badgeScale: 1.05 };
    if (LC.isVeryWide() || document.documentElement.classList.contains('is-wall')) {
      return { weight: 1.9, typeScale: 1.75, badgeScale: 1.6 };
    }
    if (page === 'coverage') return { weight: 1.15, typeScale: 1, badgeScale: 1 };
    return { weight: x > 900 ? 1 : 0.85, typeScale: 1, badgeScale: 1 };
  }

  const facilityOf = ({ code, glyph, zh, en, facilities }) => (
    { code, glyph, zh, en, count: facilities, active: true }
  );

  function facilitiesOf(view, state) {
    const extra = (state.l || '').split(',').filter(Boolean);
    const glyphOf = (code) => (view.categories || []).find((one) => one.code === code);
    const list = extra
      .filter((code) => (!view.category || code !== view.category.code) && glyphOf(code))
      .map((code) => facilityOf(glyphOf(code)));
    if (view.category && view.category.code !== 'all') {
      const opening = view.opening === 'any' ? '' : '@' + view.opening;
      list.push({ ...facilityOf(view.category), code: view.category.code + opening });
    }
    return list;
  }

  /** Give what a list shows on the map, `{entry, keep(n), ways, codes(plain)}`; null elsewhere. */
  function listedOn(app) {
    const own = LC.workPage(app);
    return own && own.map ? own.map(app) : null;
  }

  /** Mark the units at full strength: those of a list, else those of the area. */
  function brightOf(app, unit, n, later) {
    const listed = listedOn(app);
    const kept = listed && n ? listed.keep(n) : null;
    return kept || insideOf(app.view, unit, n, later);
  }

  function labelsOf(app, indicator, later) {
    const { view, minutes } = app;
    const values = indicator ? LC.indicatorByCode(app, indicator, later) : null;
    const shareOf = (child) => {
      if (values) return values.get(child.code) || '';
      if (LC.workPage(app)) return '';
      const text = LC.share(child.numerators && child.numerators[minutes], child.denominator);
      return text === LC.NONE ? '' : text;
    };
    return (view.children || [])
      .filter((child) => child.level !== 'grid' && child.lon !== null && child.lon !== undefined)
      .map((child) => ({
        lon: child.lon,
        lat: child.lat,
        name: child.name,
        value: shareOf(child),
        always: (view.children || []).length <= 12,
      }));
  }

  function smallLabelsOf(view, names) {
    if (!names || !names.lon || view.area.children_level === 'community') return [];
    return names.names.map((name, k) => ({ name, lon: names.lon[k], lat: names.lat[k] }));
  }

  /** Give the rectangles of what stands on the map, in pixels of its container. */
  function reservedOf(map) {
    const own = map.getContainer().getBoundingClientRect();
    const nodes = document.querySelectorAll('.legend-panel, .map-scale, .map-buttons');
    return Array.from(nodes, (node) => node.getBoundingClientRect()).map((box) => ({
      left: box.left - own.left,
      right: box.right - own.left,
      top: box.top - own.top,
      bottom: box.bottom - own.top,
    }));
  }

  /** Mark the units of the area, 1 each; null where all are inside or nobody can tell. */
  function insideOf(view, unit, n, later) {
    const { area } = view;
    if (!n || area.level === 'city') return null;
    const inside = new Uint8Array(n);
    if (unit === 'grid') return area.grid_lo === undefined
      ? null
      : inside.fill(1, area.grid_lo, area.grid_hi);
    if (unit !== area.children_level) return null;
    const names = LC.namesOf(view.release, unit);
    if (!names.value) {
      if (!names.isFailed) names.promise.then(later);
      return null;
    }
    const own = new Set(view.children.map((child) => child.code));
    names.value.ids.forEach((code, k) => {
      if (own.has(code)) inside[k] = 1;
    });
    return inside;
  }

  /**
   * Give the entry that holds the codes: share codes for all minutes, or minutes to the nearest
   * facility.
   */
  function codesEntry(app, unit) {
    const { view, state } = app;
    const one = LC.indicatorOf(app);
    if (one) {
      return { isMinutes: false, indicator: one, entry: LC.indicatorLayer(app, one, unit) };
    }
    const listed = listedOn(app);
    if (listed) return { isMinutes: false, entry: listed.entry };
    if (LC.workPage(app) || !view.category) return { isMinutes: false, entry: NOTHING };
    const asked = { c: view.category.code, t: view.mode, v: view.speed.name, u: unit };
    const query = LC.withOpening(view, asked);
    if (view.neighbours === 'own') query.n = 'own';
    if (state.k === 'min' && unit === 'grid') {
      return { isMinutes: true, entry: LC.minutesToNearest(view.release, query) };
    }
    return { isMinutes: false, entry: LC.stepsOf(view.release, { ...query, b: view.basis }) };
  }

  const NOTHING = { value: null, promise: null };

  function codesOf(value, isMinutes, indicator, m) {
    if (indicator) return value.octets;
    return isMinutes ? value : value.at(m);
  }

  let drawn = 'grid';
  /** Give the level whose units are on the map now. */
  LC.drawnUnit = () => drawn;

  /**
   * Put the scene together from what is here; call `later` once more of it has come.
   * @returns {Object} The scene of `map_stack.js`.
   */
  LC.sceneOf = (map, app, later) => {
    const { view, state, place } = app;
    const m = app.minutes;
    const listed = listedOn(app);
    const asked = listed ? { ...state, u: 'grid' } : state;
    const { unit, unitPx } = LC.unitFor(map, view, asked, LC.indicatorOf(app));
    const { isMinutes, indicator, entry } = codesEntry(app, unit);
    if (drawn !== unit && indicator) requestAnimationFrame(() => LC.redraw('legend'));
    drawn = unit;
    const hasCommunities = view.units && view.units.community;
    const names = hasCommunities
      ? LC.namesOf(view.release, 'community')
      : { value: null, promise: null };
    [entry, names].forEach(
      (one) => one.value === null && !one.isFailed && one.promise && one.promise.then(later)
    );
    const facilities = LC.workPage(app) && !listed ? [] : facilitiesOf(view, state);
    const plain = entry.value && codesOf(entry.value, isMinutes, indicator, m);
    const codes = plain && listed && listed.codes ? listed.codes(plain) : plain;
    return {
      release: view.release,
      bounds: view.area.bounds,
      unit,
      unitPx,
      codes,
      isMinutes,
      indicator: indicator && entry.value ? { one: indicator, layer: entry.value } : null,
      palette: isMinutes ? LC.minutePalette(m) : LC.sharePalette(app.ui.filter),
      inside: brightOf(app, unit, codes ? codes.length : 0, later),
      wash: WASH,
      facilities,
      facilityKey: facilities.map((one) => one.code).join(','),
      strokeKey: [
        Boolean(entry.value),
        view.basis,
        view.category && view.category.code,
        indicator && indicator.id,
        document.documentElement.dataset.theme,
      ].join(),
      place,
      glyph: view.category ? view.category.glyph : '',
      limit_m: view.limits_dm ? view.limits_dm[m] / 10 : null,
      ways: listed && listed.ways,
      showCircle: state.p === 'coverage',
      isDetailed: state.p === 'coverage',
      reserved: reservedOf(map),
      labels: labelsOf(app, indicator, later),
      smallLabels: smallLabelsOf(view, names.value),
      hover: null,
      ...weights(map, state.p),
    };
  };
})();
