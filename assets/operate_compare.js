/**
 * Step 4 of the operator's page: what differs from the published release, and what moved the numbers.
 */
(function () {
  'use strict';
  const LC = window.livingCircle;
  const op = LC.operate;
  const h = LC.h;

  const percent = (permille) =>
    permille === null || permille === undefined ? '–' : (permille / 10).toFixed(1) + ' %';

  function signed(value, text) {
    if (value === null || value === undefined) return '–';
    if (value === 0) return '0';
    return (value > 0 ? '+' : '−') + text(Math.abs(value));
  }

  const points = (tenths) => signed(tenths, (value) => (value / 10).toFixed(1));
  const people = (amount) => signed(amount, op.number);

  function categoryName(code) {
    const one = op.choices.find((each) => each.code === code);
    return one ? one[op.lang()] : code;
  }

  function stepCell(row, at) {
    const moved = row.steps[at];
    const amount = row.amounts[at];
    if (!moved && !amount) return h('td', { class: 'number op-note' }, '0');
    return h('td', { class: 'number' }, points(moved), h('br', null),
      h('span', { class: 'op-note' }, people(amount)));
  }

  function cityRow(row, steps) {
    return h(
      'tr',
      null,
      h('td', null, categoryName(row.category), ' ',
        h('span', { class: 'op-note' }, op.t('mode_' + row.mode))),
      h('td', { class: 'number' }, percent(row.before)),
      h('td', { class: 'number' }, percent(row.after)),
      steps.map((step, at) => stepCell(row, at)),
      h('td', { class: 'number' }, h('strong', null, points(row.total)), h('br', null),
        h('span', { class: 'op-note' }, people(row.amount)))
    );
  }

  function attribution(told) {
    if (!told.city.length) return h('p', null, op.t('c_nothing'));
    const heads = [
      [op.t('c_category')], [told.old.month, 'number'], [told.new.month, 'number'],
      ...told.steps.map((step) => [step[op.lang()], 'number']),
      [op.t('c_total'), 'number'],
    ];
    return h(
      'section',
      { class: 'op-card', id: 'op-attribution' },
      h('h3', null, op.t('c_title')),
      h('p', { class: 'op-note' }, op.t('c_how')),
      told.whole ? h('p', { class: 'op-note' }, op.t('c_whole')) : null,
      op.table(heads, told.city.map((row) => cityRow(row, told.steps)), 'attribution'),
      told.moved > told.city.length
        ? h('p', { class: 'op-note' }, op.t('c_cut', { n: told.city.length, all: told.moved }))
        : null
    );
  }

  function differenceRow(row) {
    const first = row.first.map((one) => [
      one.name || one.id,
      one.category ? op.t('c_of', { category: categoryName(one.category) }) : '',
      one.metres ? ' ' + op.number(Math.round(one.metres)) + ' m' : '',
    ].join(''));
    return h('tr', null,
      h('td', null, op.or('kind ' + row.kind, row.kind)),
      h('td', { class: 'number' }, op.number(row.count)),
      h('td', null, op.join(first)));
  }

  function differences(told) {
    if (!told.differences.length) return h('p', null, op.t('c_same'));
    return h(
      'section',
      { class: 'op-card', id: 'op-differences' },
      h('h3', null, op.t('c_differences')),
      op.table(
        [[op.t('c_kind')], [op.t('c_number'), 'number'], [op.t('c_first')]],
        told.differences.map(differenceRow),
        'differences'
      )
    );
  }

  /** Draw the comparison of a draft with the published release, or how to make it. */
  op.comparison = (now, mine) => {
    const told = op.report.comparison;
    if (!told || told.old.release !== now.release || told.new.release !== mine.release) {
      return h('div', { class: 'op-actions' }, h('p', null, op.t('no_compare')),
        op.button(op.t('do_compare'), () => op.job('compare', { release: mine.release }),
          { disabled: op.busy() }));
    }
    return [
      h('p', null, op.t('compared', {
        old: told.old.month + ' ' + told.old.release, new: told.new.month + ' ' + told.new.release,
      })),
      differences(told),
      attribution(told),
    ];
  };
})();
