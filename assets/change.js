/**
 * The card that says why a number changed: the steps from the month before to this one, their sum,
 * and what changed nearby. The browser's own dialog keeps the focus in it and closes on Escape.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const circle = ((window.dash_clientside = window.dash_clientside || {}).circle =
    window.dash_clientside.circle || {});
  const PATIENCE_MS = 15000;
  let dialog = null;
  let asked = 0;
  let waiting = 0;
  let opener = null;

  /** Give the focus to the button that opened the card, which may have been drawn anew. */
  function giveBack() {
    const button = opener && document.querySelector('[data-key="why-' + opener + '"]');
    if (button) button.focus({ preventScroll: true });
  }

  function opened() {
    if (!dialog) {
      dialog = LC.h('dialog', {
        id: 'why-card',
        class: 'why',
        'aria-labelledby': 'why-title',
        on: {
          click: (event) => event.target === dialog && dialog.close(),
          keydown: (event) => event.stopPropagation(), // the keys of the page rest meanwhile
          close: giveBack,
        },
      });
      document.body.appendChild(dialog);
    }
    return dialog;
  }

  function fill(...children) {
    LC.replace(
      opened(),
      LC.h(
        'div',
        { class: 'why-body' },
        LC.h(
          'header',
          { class: 'why-head' },
          LC.h('h2', { id: 'why-title' }, LC.t('why_title')),
          LC.h(
            'button',
            {
              type: 'button',
              class: 'why-close',
              'data-key': 'why-close',
              'aria-label': LC.t('why_close'),
              on: { click: () => dialog.close() },
            },
            '×'
          )
        ),
        children
      )
    );
  }

  /** Open the card for the question in view, by a button; `over` replaces keys, the area say. */
  LC.openChange = (key, over) => {
    const { app } = LC;
    opener = key;
    asked += 1;
    fill(LC.h('p', { class: 'note', role: 'status' }, LC.t('why_wait')));
    if (!dialog.open) dialog.showModal();
    const n = asked;
    const data = { ...app.query, ...over, m: app.minutes, r: app.view.release, n };
    window.dash_clientside.set_props('why', { data });
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (n === asked) fill(LC.h('p', { role: 'status' }, LC.t('why_failed')));
    }, PATIENCE_MS);
  };

  /**
   * Make the button that opens the card.
   * @param {string} text What the change says; a reader of the screen hears that it can be asked.
   * @param {string} key Tells the buttons of a page apart.
   * @param {Object} [over] Keys of the question that are not those in view.
   * @param {string} [label] Words that say both, in place of `text`.
   */
  LC.changeButton = (text, key, over, label) =>
    LC.h(
      'button',
      {
        type: 'button',
        class: 'kpi-change why-open',
        'data-key': 'why-' + key,
        'aria-haspopup': 'dialog',
        'aria-label': label ? null : LC.t('why_open', { change: text }),
        on: { click: () => LC.openChange(key, over) },
      },
      label || text
    );

  const points = (tenths) =>
    tenths === null
      ? LC.NONE
      : (tenths > 0 ? '+' : tenths < 0 ? '−' : '') + (Math.abs(tenths) / 10).toFixed(1);

  const signed = (value) =>
    value === null ? LC.NONE : (value > 0 ? '+' : '') + LC.integer(value);

  /** Say a share with its month, or that it is not known. */
  function ends(change) {
    const share = (end) => LC.t('why_share', { n: (end.permille / 10).toFixed(1) });
    const params = {
      old: LC.month(change.old.month),
      new: LC.month(change.new.month),
      before: change.before.permille === null ? LC.NONE : share(change.before),
      after: change.after.permille === null ? LC.NONE : share(change.after),
    };
    return LC.t(change.before.permille === null ? 'why_from_unknown' : 'why_from_to', params);
  }

  /** Give where the bar of each step begins and ends: one goes on where the last one ended. */
  function runsOf(steps) {
    let at = 0;
    return steps.map((step) => {
      const from = at;
      at += step.shown || 0;
      return [Math.min(from, at), Math.max(from, at)];
    });
  }

  /** Give what turns a run into percent of the width that all of them need. */
  function scaleOf(runs) {
    const low = Math.min(0, ...runs.map((run) => run[0]));
    const wide = Math.max(0, ...runs.map((run) => run[1])) - low || 1;
    return ([from, to]) => ({
      left: ((from - low) / wide) * 100 + '%',
      width: ((to - from) / wide) * 100 + '%',
    });
  }

  const barOf = (place, shown) =>
    LC.h(
      'div',
      { class: 'why-track', 'aria-hidden': 'true' },
      LC.h('i', { class: 'why-bar ' + (shown < 0 ? 'is-less' : 'is-more'), style: place })
    );

  /** Tell whether a step moved this number, be it by less than is shown. */
  const hasEffect = (step) => step.numerator !== 0 || Boolean(step.denominator);

  function stepTable(change) {
    const moved = change.steps.filter(hasEffect);
    const runs = runsOf(moved);
    const place = scaleOf(runs);
    const row = (name, one, bar, isSum) =>
      LC.h(
        'tr',
        { class: isSum ? 'why-sum' : null, 'data-step': one.name || 'sum' },
        LC.h('th', { scope: 'row' }, name),
        LC.h('td', { class: 'why-bars' }, bar),
        LC.h('td', { class: 'number' }, points(one.shown)),
        LC.h('td', { class: 'number' }, signed(one.amount_shown))
      );
    const sum = change.total.shown || 0;
    return LC.h(
      'table',
      { class: 'why-steps' },
      LC.h(
        'thead',
        null,
        LC.h(
          'tr',
          null,
          LC.h('th', { scope: 'col' }, LC.t('why_step')),
          LC.h('td', null),
          LC.h('th', { scope: 'col', class: 'number' }, LC.t('why_points')),
          LC.h('th', { scope: 'col', class: 'number' }, LC.t('why_amount_' + change.basis))
        )
      ),
      LC.h(
        'tbody',
        null,
        moved.map((step, k) =>
          row(LC.t('why_step_' + step.name), step, barOf(place(runs[k]), step.shown))
        )
      ),
      LC.h(
        'tfoot',
        null,
        row(
          LC.t('why_sum'),
          change.total,
          barOf(place([Math.min(0, sum), Math.max(0, sum)]), sum),
          true
        )
      )
    );
  }

  function unchanged(change) {
    const names = change.steps
      .filter((step) => !hasEffect(step))
      .map((step) => LC.t('why_step_' + step.name));
    return names.length
      ? LC.h('p', { class: 'note' }, LC.t('why_still', { names: LC.list(names) }))
      : null;
  }

  const statusOf = (text) => {
    const status = (text || '').split(' ')[1];
    return status ? LC.t('why_status_' + status) : LC.NONE;
  };

  function facilityText(change, row) {
    const params = {
      metres: LC.integer(row.metres),
      before: statusOf(row.before),
      after: statusOf(row.after),
    };
    const parts = row.detail.split(',').map((what) => LC.t('why_what_' + what, params));
    const people = row.served_milli
      ? LC.t('why_served', { people: LC.amountText(row.served_milli, 'people') })
      : null;
    return [LC.nameOf(change.names[row.category]), row.dated, ...parts, people];
  }

  function gridText(row) {
    const people = (text) => (text === null ? LC.NONE : LC.integer(Number(text) / 1000));
    const parts = LC.list(row.detail ? row.detail.split(',') : []);
    const told = { grid_split: 'why_parts', grid_merged: 'why_joined' }[row.kind];
    return [
      LC.t('why_people_from_to', { before: people(row.before), after: people(row.after) }),
      told && parts ? LC.t(told, { parts }) : null,
    ];
  }

  function nearby(change) {
    const counts = Object.keys(change.counts).map((kind) =>
      LC.t('why_count', { kind: LC.t('why_kind_' + kind), n: LC.integer(change.counts[kind]) })
    );
    if (!counts.length) return LC.h('p', { class: 'note' }, LC.t('why_near_none'));
    return [
      LC.h('p', { class: 'note' }, LC.t('why_counts', { counts: LC.list(counts) })),
      LC.h(
        'ul',
        { class: 'why-near' },
        change.differences.map((row) => {
          const texts = row.what === 'grid' ? gridText(row) : facilityText(change, row);
          return LC.h(
            'li',
            null,
            LC.h('span', { class: 'chip chip-plain' }, LC.t('why_kind_' + row.kind)),
            ' ',
            LC.h('b', null, row.name),
            LC.h('div', { class: 'note' }, LC.list(texts.filter(Boolean)))
          );
        })
      ),
    ];
  }

  function how(change) {
    return LC.h(
      'details',
      { class: 'why-how' },
      LC.h('summary', { 'data-key': 'why-how' }, LC.t('why_how')),
      LC.h('p', null, LC.t('why_how_text')),
      LC.h(
        'ol',
        null,
        change.steps.map((step) =>
          LC.h(
            'li',
            null,
            LC.h('b', null, LC.t('why_step_' + step.name)),
            ' ',
            LC.t('why_def_' + step.name)
          )
        )
      )
    );
  }

  function dataLink() {
    const { search } = window.location;
    return LC.h('a', { class: 'why-data', href: LC.address('/data') + search }, LC.t('why_data'));
  }

  function question(change) {
    return LC.t('why_question', {
      area: change.area_name,
      category: LC.nameOf(change.category_name),
      mode: LC.t('go_' + change.mode),
      m: change.minutes,
      basis: LC.t('counted_' + change.basis),
    });
  }

  function absent(change) {
    fill(
      LC.h('p', null, LC.t('why_' + change.status)),
      change.command ? LC.h('pre', { class: 'why-command' }, change.command) : null,
      dataLink()
    );
  }

  function show(change) {
    if (change.status !== 'ok') {
      absent(change);
      return;
    }
    fill(
      LC.h('p', { class: 'note' }, question(change)),
      LC.h('p', { class: 'why-ends' }, ends(change)),
      change.whole ? LC.h('p', { class: 'note' }, LC.t('why_whole_' + change.whole)) : null,
      stepTable(change),
      unchanged(change),
      LC.h('p', { class: 'note' }, LC.t('why_added')),
      LC.h('h3', null, LC.t('why_near')),
      nearby(change),
      how(change),
      dataLink()
    );
  }

  /** Draw the answer of the server, unless another question was asked meanwhile. */
  circle.change = (change) => {
    if (change && change.n === asked && dialog) {
      clearTimeout(waiting);
      show(change);
    }
    return change ? change.n : null;
  };
})();
