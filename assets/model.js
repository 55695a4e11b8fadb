/**
 * The numbers that more than one view shows, taken from the integers of `view` at one minute.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  const at = (thing, m) => (thing && thing.numerators ? thing.numerators[m] : null);
  const isKnown = (value) => value !== null && value !== undefined;

  /**
   * Covered, whole and gap of anything with `numerators` and `denominator`; null where not known.
   */
  LC.sums = (thing, m) => {
    const covered = at(thing, m);
    const whole = thing && isKnown(thing.denominator) ? thing.denominator : null;
    const ok = isKnown(covered) && whole !== null && whole > 0;
    return {
      covered: ok ? covered : null,
      whole,
      gap: ok ? whole - covered : null,
      permille: ok ? LC.permille(covered, whole) : null,
    };
  };

  /** Compare exactly: is the share at least the target (in thousandths)? */
  LC.isOnTarget = (sums, target) => sums.covered * 1000 >= sums.whole * Math.round(target * 1000);

  /** The month before, when it was counted by the same method; else null. */
  LC.monthBefore = (view) => {
    const { history } = view;
    if (!history || history.length < 2) return null;
    const [before, now] = history.slice(-2);
    return before.method === now.method ? before : null;
  };

  /** Tell whether there is a month before that was counted by another method. */
  LC.isOtherMethod = (view) => {
    const { history } = view;
    return Boolean(history) && history.length > 1 && LC.monthBefore(view) === null;
  };

  /** Children with people and a known share, lowest first; ties by larger gap. */
  LC.ranked = (view, m) =>
    (view.children || [])
      .map((child) => ({ child, sums: LC.sums(child, m), before: LC.sums(child.previous, m) }))
      .filter((one) => one.sums.permille !== null)
      .sort(
        (a, b) =>
          a.sums.covered * b.sums.whole - b.sums.covered * a.sums.whole || b.sums.gap - a.sums.gap
      );

  const FEW = 3;
  const MOST = 750; // thousandths of the gap that the named places must hold together

  /** Name the few children that hold most of the gap: `{names, permille}`, or null. */
  LC.gapHolders = (view, m) => {
    const total = LC.sums(view, m).gap;
    const rows = LC.ranked(view, m).sort((a, b) => b.sums.gap - a.sums.gap);
    if (!total || rows.length < 3) return null;
    let sum = 0;
    for (let k = 0; k < Math.min(FEW, rows.length - 1); k++) {
      sum += rows[k].sums.gap;
      if (sum * 1000 >= total * MOST) {
        return {
          names: rows.slice(0, k + 1).map((one) => one.child.name),
          permille: LC.permille(sum, total),
        };
      }
    }
    const names = rows.slice(0, FEW).map((one) => one.child.name);
    return { names, permille: LC.permille(sum, total) };
  };

  /** Grids at or above the target among those with people: `[n, of]`. */
  LC.gridsOnTarget = (view, m) => {
    const units = view.classes && view.classes.units && view.classes.units[m];
    if (!units) return null;
    const of = units.slice(0, 5).reduce((sum, n) => sum + n, 0);
    return of ? [units[3] + units[4], of] : null;
  };

  /** The minute whose limit is the category's own radius, or null: where the flag stands. */
  LC.standardMinute = (view) => {
    const radius = view.category && view.category.radius_m;
    if (!radius || !view.limits_dm) return null;
    const found = view.limits_dm.findIndex((limit) => limit >= radius * 10);
    return found > 0 ? found : null;
  };

  /** Enter a child: an area becomes the area in view, a grid becomes the selection. */
  LC.enter = (child) =>
    LC.act(child.level === 'grid' ? { s: child.code } : { a: child.code, s: null, z: null });

  /** Go to an area that holds what is shown; the whole city is the default and has no key. */
  LC.goTo = (area) =>
    LC.act({ a: area.level === 'city' ? null : area.code, s: null, z: null });

  LC.metresPerMinute = (view) => Number(view.speed.label_m_per_min) || 1000 / 15;

  /** Words of the view in force, as parameters for texts. */
  LC.wordsOf = (app) => {
    const { view } = app;
    return {
      area: view.area.name,
      category: view.category
        ? LC.openCategory(view, LC.nameOf(view.category))
        : LC.t('no_category'),
      m: app.minutes,
      mode: LC.t('go_' + view.mode) + (view.neighbours === 'own' ? LC.t('without_neighbours') : ''),
      basis: LC.t('counted_' + view.basis),
      gap: LC.t('gap_' + view.basis),
      shortGap: LC.t('short_gap_' + view.basis),
      child_one: LC.t('one_' + (view.area.children_level || 'grid')),
      target: Math.round(view.target * 100),
    };
  };
})();
