/**
 * The map beside the lists of underserved grids: classes as everywhere, listed grids at full
 * strength, the others faint.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const CLASSES = [0, 1, 2, 3, 4];

  let kept = { rows: null, n: 0, mask: null };
  /** Mark the grids of the list, 1 each. */
  function maskOf(rows, n) {
    if (kept.rows !== rows || kept.n !== n) {
      const mask = new Uint8Array(n);
      rows.forEach((row) => (mask[row.i] = 1));
      kept = { rows, n, mask };
    }
    return kept.mask;
  }

  /**
   * Give what the map shows for the open list: `{entry, keep(n), ways}`: the codes of the
   * grids, which of `n` grids are listed, null while that is not known, the ways of the chosen
   * one.
   */
  LC.gaps.scene = (app) => {
    const { view } = app;
    if (!view.category) return null;
    const asked = { c: view.category.code, t: view.mode, v: view.speed.name, u: 'grid' };
    const query = LC.withOpening(view, { ...asked, b: view.basis });
    if (view.neighbours === 'own') query.n = 'own';
    const found = LC.gaps.entry(app).value;
    return {
      entry: LC.stepsOf(view.release, query),
      keep: (n) => (found ? maskOf(LC.gaps.rows(app, found), n) : null),
      ways: LC.gaps.ways(app),
    };
  };

  LC.gaps.mapHead = (app) => {
    const found = LC.gaps.entry(app).value;
    const cause = found && LC.gaps.causeOf(app, found);
    const n = found ? LC.gaps.rows(app, found).length : 0;
    const title = LC.t('gaps_map_' + LC.gaps.listOf(app), { n: LC.integer(n) });
    return [
      LC.h('h2', null, cause ? LC.t('gaps_map_cause', {
        cause: LC.t('cause_' + cause),
        n: LC.integer(n),
      }) : title),
      LC.h('span', { class: 'note' }, LC.t('gaps_map_note')),
    ];
  };

  /** Give the classes in one row: the colours are those of the coverage page. */
  LC.gaps.legend = (app) =>
    LC.h(
      'div',
      { class: 'legend-rows' },
      CLASSES.map((group) =>
        LC.h(
          'span',
          { class: 'legend-row' },
          LC.h('i', { class: 'swatch swatch-' + LC.CLASSES[group], 'aria-hidden': 'true' }),
          LC.t('class_' + LC.CLASSES[group]),
          LC.h('span', { class: 'note' }, ' ' + LC.t('break_' + LC.CLASSES[group]))
        )),
      app.view.category ? null : LC.NONE
    );
})();
