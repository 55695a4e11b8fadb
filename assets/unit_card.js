/**
 * The card of the estate, or other further place, that was clicked on the map: it stands in the
 * card of the grid that the click selected, and goes with it.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const MOST_TASKS = 5;
  let picked = null;

  /** Take the place under a click; -1, or a level of the grids, is none. */
  LC.pickUnit = (app, unit, i) => {
    const isPlace = i >= 0 && LC.layerOfUnit(unit) !== unit;
    const before = app.place ? app.place.grid_id : null;
    picked = isPlace ? { release: app.view.release, unit, i, before, grid: null } : null;
    LC.redraw('detail');
  };

  /** Tell whether the chosen grid is the one that the click selected. */
  function isHere(app) {
    const grid = app.place.grid_id;
    if (!picked || picked.release !== app.view.release) return false;
    if (picked.grid === null && grid !== picked.before) picked.grid = grid;
    return picked.grid === null || picked.grid === grid;
  }

  const line = (name, text) =>
    LC.h('tr', null, LC.h('th', { scope: 'row' }, name), LC.h('td', null, text));

  function streetText(card) {
    if (card.is_tied) return LC.t('unit_tied');
    if (card.street === null) return null;
    if (card.street_share === null) return card.street;
    return card.street + LC.t('title_gap') +
      LC.t('unit_share', { n: (card.street_share * 100).toFixed(1) });
  }

  function lines(card) {
    const found = [
      ['street', streetText(card)],
      ['community', card.community],
      ['households', card.households === null ? null : LC.integer(card.households)],
      ['people', card.people === null ? null : LC.integer(card.people)],
      ['area', card.area_m2 === null ? null : LC.integer(Math.round(card.area_m2)) + ' m²'],
    ];
    return found
      .filter(([, text]) => text !== null)
      .map(([key, text]) => line(LC.t('unit_card_' + key), text));
  }

  function indicatorLine(one) {
    const value = one.is_withheld ? LC.t('ind_withheld') : LC.indicatorText(one, one.value);
    const verdict = one.verdict ? LC.t('title_gap') + LC.t('verdict_' + one.verdict) : '';
    const period = one.period ? LC.t('title_gap') + LC.month(one.period) : '';
    return line(LC.nameOf(one), value + verdict + period);
  }

  const known = (entry) => {
    if (!entry.value && !entry.isFailed) entry.promise.then(() => LC.redraw('detail'));
    return entry.value;
  };

  function tasksOf(card) {
    const query = {
      ...{ u: card.kind, s: card.id, state: 'open,overdue', size: MOST_TASKS },
      d: LC.app.view.month,
    };
    const found = known(LC.answerOf('/api/v1/tasks', query));
    if (!found || !found.tasks.length) return null;
    return line(
      LC.t('task_of_place'),
      found.tasks.map((task) =>
        LC.h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-key': 'unit-task-' + task.task,
            on: { click: () => LC.act({ p: 'gaps', tab: 'tasks', tk: task.task }) },
          },
          task.item || LC.tasks.sourceText(task)
        ))
    );
  }

  /** Give the card of the place that was clicked, or null. */
  LC.unitCard = (app) => {
    if (!app.place || !isHere(app)) return null;
    const path = '/values/' + picked.release + '/unit';
    const card = known(LC.answerOf(path, { u: picked.unit, i: picked.i }));
    if (!card) return null;
    const cells = Object.entries(card.attributes).map(([header, cell]) => line(header, cell));
    return LC.h(
      'section',
      { class: 'unit-card' },
      LC.h('h3', null, LC.nameOf(card) + LC.t('title_gap') + card.name),
      LC.h(
        'table',
        { class: 'table charge' },
        LC.h('tbody', null, lines(card), card.indicators.map(indicatorLine), tasksOf(card), cells)
      )
    );
  };
})();
