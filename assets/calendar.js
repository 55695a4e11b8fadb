/**
 * The calendar of the page of gaps: a month of due days, what falls due on them, whether it was
 * done. Arrow keys go from day to day, Page Up and Page Down from month to month.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  const STATES = ['missed', 'due', 'unknown', 'done'];
  const SHOWN = 3;
  const ui = { day: null, wantsFocus: false };

  const two = (n) => String(n).padStart(2, '0');
  const monthOf = (app) => app.state.cm || app.view.month;
  const dayOf = (month, n) => month + '-' + two(n);

  function daysIn(month) {
    const [year, number] = month.split('-').map(Number);
    return new Date(Date.UTC(year, number, 0)).getUTCDate();
  }

  function moved(month, by) {
    const [year, number] = month.split('-').map(Number);
    const at = new Date(Date.UTC(year, number - 1 + by, 1));
    return at.getUTCFullYear() + '-' + two(at.getUTCMonth() + 1);
  }

  /** Columns before the first of a month, weeks beginning on Monday. */
  function blanks(month) {
    const [year, number] = month.split('-').map(Number);
    return (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  }

  function entryOf(app) {
    const month = monthOf(app);
    const query = {
      from: dayOf(month, 1),
      to: dayOf(month, daysIn(month)),
      d: app.view.month,
    };
    if (app.state.w && app.state.w !== LC.tasks.NOBODY) query.owner = app.state.w;
    return LC.answerOf('/api/v1/calendar', query);
  }

  function found(app, id) {
    const entry = entryOf(app);
    if (!entry.value && !entry.isFailed) entry.promise.then(() => LC.redraw(id));
    return entry.value;
  }

  function go(month, day) {
    ui.day = day || null;
    LC.act({ cm: month === LC.app.view.month ? null : month });
  }

  function pick(day) {
    ui.day = ui.day === day ? null : day;
    ['work', 'detail'].forEach((id) => LC.redraw(id));
  }

  const stateText = (one) =>
    LC.h('span', { class: 'cal-state cal-' + one.state }, LC.t('cal_is_' + one.state));

  /** Put what is of one source and state on one line, what was missed first. */
  function linesOf(rows) {
    const found = new Map();
    rows.forEach((one) => {
      const key = one.state + one.kind + one.id;
      const n = one.kind === 'task' ? one.expected : 1;
      if (found.has(key)) found.get(key).n += n;
      else found.set(key, { one, n });
    });
    const order = ({ one }) => STATES.indexOf(one.state);
    return Array.from(found.values()).sort((a, b) => order(a) - order(b));
  }

  function lineOf({ one, n }) {
    return LC.h(
      'span',
      { class: 'cal-line cal-' + one.state },
      LC.t('cal_glyph_' + one.state) + (n > 1 ? ' ' + LC.integer(n) + '×' : ''),
      LC.h('span', { class: 'cal-name' }, ' ' + LC.nameOf(one))
    );
  }

  function dayCell(app, data, day, rows) {
    const lines = linesOf(rows);
    const isOn = ui.day === day;
    const first = ui.day && ui.day.startsWith(monthOf(app)) ? ui.day : dayOf(monthOf(app), 1);
    const label = LC.t('cal_day_label', { day, n: rows.length });
    return LC.h(
      'td',
      { class: day === data.today ? 'is-today' : '' },
      LC.h(
        'button',
        {
          type: 'button',
          class: isOn ? 'cal-day is-on' : 'cal-day',
          'data-key': 'day-' + day,
          'aria-pressed': String(isOn),
          'aria-label': label,
          tabindex: day === first ? 0 : -1,
          on: { click: () => pick(day), keydown: (event) => step(event, app, day) },
        },
        LC.h('b', null, String(Number(day.slice(8)))),
        lines.slice(0, SHOWN).map(lineOf),
        lines.length > SHOWN
          ? LC.h('span', { class: 'cal-line note' }, LC.t('cal_more', { n: lines.length - SHOWN }))
          : null
      )
    );
  }

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

  /** Go by keys; over the end of a month the next one is opened. */
  function step(event, app, day) {
    const month = monthOf(app);
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    if (turn) {
      event.preventDefault();
      ui.wantsFocus = true;
      go(moved(month, turn), dayOf(moved(month, turn), 1));
      return;
    }
    if (!STEPS[event.key]) return;
    event.preventDefault();
    const next = Number(day.slice(8)) + STEPS[event.key];
    if (next >= 1 && next <= daysIn(month)) {
      const node = document.querySelector('[data-key="day-' + dayOf(month, next) + '"]');
      if (node) node.focus();
      return;
    }
    const other = moved(month, next < 1 ? -1 : 1);
    const at = next < 1 ? daysIn(other) + next : next - daysIn(month);
    ui.wantsFocus = true;
    go(other, dayOf(other, at));
  }

  function monthTable(app, data) {
    const month = monthOf(app);
    const byDay = new Map();
    data.entries.forEach((one) => {
      byDay.set(one.due_on, [...(byDay.get(one.due_on) || []), one]);
    });
    const cells = [];
    for (let k = 0; k < blanks(month); k++) cells.push(LC.h('td', { class: 'is-out' }));
    for (let n = 1; n <= daysIn(month); n++) {
      const day = dayOf(month, n);
      cells.push(dayCell(app, data, day, byDay.get(day) || []));
    }
    while (cells.length % 7) cells.push(LC.h('td', { class: 'is-out' }));
    const weeks = [];
    for (let k = 0; k < cells.length; k += 7) weeks.push(LC.h('tr', null, cells.slice(k, k + 7)));
    const heads = [1, 2, 3, 4, 5, 6, 7].map((n) =>
      LC.h('th', { scope: 'col' }, LC.t('cal_week_' + n)));
    return LC.h(
      'table',
      { class: 'cal-month', 'aria-label': LC.month(month) },
      LC.h('thead', null, LC.h('tr', null, heads)),
      LC.h('tbody', null, weeks)
    );
  }

  function countText(one) {
    if (one.kind === 'task') return LC.t('cal_tasks', { n: LC.integer(one.expected) });
    if (one.counted === null || one.counted === undefined) return LC.t('cal_not_shown');
    return LC.t('cal_counted', {
      counted: LC.integer(one.counted),
      expected: LC.integer(one.expected),
    });
  }

  function item(one, k, rows) {
    const isFirst = !k || rows[k - 1].due_on !== one.due_on;
    const more = [countText(one), one.owner || LC.t('task_nobody'), one.source].filter(Boolean);
    const open = () =>
      LC.act({ tab: null, src: one.id, w: one.owner || LC.tasks.NOBODY, f: null, tk: null });
    return LC.h(
      'li',
      null,
      LC.h('b', { class: isFirst ? '' : 'cal-same' }, one.due_on.slice(5)),
      LC.h(
        'div',
        null,
        one.kind === 'task'
          ? LC.h(
            'button',
            { type: 'button', class: 'link', 'data-key': 'cal-' + one.id + one.due_on + one.owner,
              on: { click: open } },
            LC.nameOf(one)
          )
          : LC.nameOf(one),
        ' ',
        stateText(one),
        LC.h('div', { class: 'note' }, more.join(LC.t('title_gap')))
      )
    );
  }

  function detail(app) {
    const data = found(app, 'detail');
    if (!data) return LC.waiting(entryOf(app));
    const isDay = ui.day && ui.day.startsWith(monthOf(app));
    const rows = isDay ? data.entries.filter((one) => one.due_on === ui.day) : data.entries;
    const title = isDay ? ui.day : LC.month(monthOf(app));
    return [
      LC.h('h2', { class: 'detail-name' }, LC.t('cal_list', { when: title })),
      rows.length
        ? LC.h('ul', { class: 'cal-list' }, rows.map(item))
        : LC.h('p', { class: 'empty' }, LC.t(isDay ? 'cal_none_day' : 'cal_none_month')),
    ];
  }

  function turnButton(key, by, text) {
    return LC.h(
      'button',
      {
        type: 'button',
        class: 'work-button',
        'data-key': key,
        'aria-label': LC.t(by < 0 ? 'cal_before' : 'cal_after'),
        on: { click: () => go(moved(monthOf(LC.app), by)) },
      },
      text
    );
  }

  function head(app) {
    const data = found(app, 'work-head');
    const owners = data ? data.owners : [];
    return [
      LC.h(
        'div',
        { class: 'work-chips' },
        turnButton('cal-back', -1, '‹'),
        LC.h('b', { class: 'cal-title', role: 'status' }, LC.month(monthOf(app))),
        turnButton('cal-on', 1, '›')
      ),
      LC.h(
        'label',
        { class: 'work-size' },
        LC.t('task_owner'),
        LC.h(
          'select',
          {
            class: 'select',
            'data-key': 'cal-owner',
            on: { change: (event) => LC.act({ w: event.currentTarget.value || null }) },
          },
          [['', LC.t('std_every')], ...owners.map((one) => [one, one])].map(([id, text]) =>
            LC.h('option', { value: id, selected: id === (app.state.w || '') }, text))
        )
      ),
      data
        ? LC.h(
          'span',
          { class: 'cal-counts' },
          STATES.map((state) =>
            LC.h(
              'span',
              { class: 'cal-state cal-' + state },
              LC.t('cal_is_' + state) + ' ',
              LC.h('b', null, LC.integer(data.counts[state]))
            ))
        )
        : null,
    ];
  }

  LC.calendar = {
    head,
    detail,
    sentence(app) {
      const data = found(app, 'sentence');
      const month = LC.month(monthOf(app));
      if (!data) return month;
      if (!data.entries.length) return LC.t('cal_sentence_none', { month });
      return LC.t('cal_sentence', {
        month,
        n: LC.integer(data.entries.length),
        done: LC.integer(data.counts.done),
        missed: LC.integer(data.counts.missed),
        due: LC.integer(data.counts.due),
        unknown: LC.integer(data.counts.unknown),
      });
    },
    draw(container, app) {
      const data = found(app, 'work');
      if (!data) {
        LC.replace(container, LC.waiting(entryOf(app)));
        return;
      }
      LC.replace(container, LC.h('div', { class: 'work-scroll is-first' }, monthTable(app, data)));
      if (!ui.wantsFocus) return;
      ui.wantsFocus = false;
      const node = container.querySelector('[data-key="day-' + ui.day + '"]');
      if (node) node.focus();
    },
  };
})();
