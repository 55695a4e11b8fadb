/**
 * The card of a grid: who answers for it, and the estates and other places that lie in it. Names
 * of persons are not among them: the release has none.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const TEXTS = ['parent', 'party_org', 'committee'];
  const MOST_COLUMNS = 4;

  const isKnown = (value) => value !== null && value !== undefined && value !== '';

  function workersOf(charge) {
    if (isKnown(charge.workers)) return LC.t('charge_number', { n: LC.integer(charge.workers) });
    if (!isKnown(charge.has_worker)) return null;
    return LC.t(charge.has_worker ? 'charge_named' : 'charge_vacant');
  }

  const line = (name, text) =>
    LC.h(
      'tr',
      null,
      LC.h('th', { scope: 'row' }, name),
      LC.h('td', null, text)
    );

  function lines(charge) {
    const level = charge.level ? LC.t('charge_level_' + charge.level) : null;
    const found = [
      ['level', level],
      ...TEXTS.map((key) => [key, charge[key]]),
      ['workers', workersOf(charge)],
      ['duty', charge.duty],
    ];
    return found
      .filter(([, text]) => isKnown(text))
      .map(([key, text]) => line(LC.t('charge_' + key), text));
  }

  /** A place in the grid with the first columns of its file: 物业管理 否. */
  function place(one) {
    const columns = Object.entries(one.attributes).slice(0, MOST_COLUMNS);
    const said = columns.map(([header, cell]) => header + ' ' + cell);
    return line(LC.nameOf(one), [one.name, ...said].join(LC.t('title_gap')));
  }

  /** Give the section of the card; null where the files say nothing of it. */
  LC.charge = ({ charge }) => {
    const rows = charge ? [...lines(charge), ...charge.units.map(place)] : [];
    if (!rows.length) return null;
    return LC.h(
      'section',
      null,
      LC.h('h3', null, LC.t('charge_title')),
      LC.h('table', { class: 'table charge' }, LC.h('tbody', null, rows))
    );
  };
})();
