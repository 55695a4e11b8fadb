/**
 * The tab of rules on the page of standards: which packs stand side by side, the sentence, and what
 * the map is coloured by.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});
  LC.rules = LC.rules || {};
  const GROUP = { fail: 0, borderline: 2, pass: 4, none: 5 };
  const NO_DATA = 6;
  const PACKS_EXAMPLE = ['[city]', 'standards = ["gb50180", "wanzheng"]'];
  const LEDGER_EXAMPLE = ['[[communities]]', 'path = "社区台账.xlsx"'];

  /** What a choice of other packs or places leaves behind. */
  const AFRESH = { ru: null, at: null, f: null, s: null };

  function select(key, label, options, now, pick) {
    return LC.h(
      'label',
      { class: 'work-size rules-choice' },
      label,
      LC.h(
        'select',
        {
          class: 'select',
          'data-key': key,
          'aria-label': label,
          on: { change: (event) => pick(event.currentTarget.value) },
        },
        options.map(([value, text]) => LC.h('option', { value, selected: value === now }, text))
      )
    );
  }

  /** Give the choosers of one pack, of another beside it, and of the places that are judged. */
  LC.rules.head = (app) => {
    const found = LC.rules.found(app);
    if (!found || !found.columns.length) return null;
    const applied = found.packs.filter((one) => one.is_applied);
    const [first, second] = found.chosen;
    const named = applied.map((one) => [one.pack, LC.nameOf(one)]);
    const others = named.filter(([code]) => code !== first);
    const choose = (codes) => LC.act({ ...AFRESH, pk: codes.filter(Boolean).join(',') });
    return [
      select('pack', LC.t('rules_pack'), named, first, (code) =>
        choose([code, second === code ? null : second])),
      others.length
        ? select(
          'beside',
          LC.t('rules_beside'),
          [['', LC.t('rules_beside_none')], ...others],
          second || '',
          (code) => choose([first, code])
        )
        : null,
      select(
        'rules-level',
        LC.t('rules_level'),
        found.levels.map((level) => [level, LC.rules.place(level)]),
        found.level,
        (level) => LC.act({ ...AFRESH, u: level })
      ),
    ];
  };

  /** Say how the places of the area meet the chosen demand, denominators and all. */
  LC.rules.sentence = (app) => {
    const found = LC.rules.found(app);
    const one = found && LC.rules.by(found);
    if (!found || !one) {
      const isNone = found && !found.columns.length;
      return isNone
        ? LC.t('rules_empty_title')
        : LC.t('rules_sentence_wait', { area: app.view.area.name });
    }
    const { counts } = one;
    const said = {
      area: app.view.area.name,
      pack: LC.nameOf(LC.rules.pack(found, one.pack)),
      rule: LC.rules.title(one),
      pass: LC.integer(counts.pass),
      judged: LC.integer(one.judged),
      unit: LC.rules.places(found.level),
      gap: LC.rules.gap(one.gap, one.unit),
      n: LC.integer(one.streets),
      parent: found.street_level ? LC.t('unit_' + found.street_level) : '',
      open: LC.integer(counts.not_assessable),
      exempt: LC.integer(counts.exempt),
      none: LC.integer(counts.none),
    };
    // a gap of a demand with an upper end may be too much of something
    const isMore = one.rules.some((rule) => rule.demand.includes('<='));
    const where = one.gap === null ? 'rules_sentence_missed' : 'rules_sentence_streets';
    const isByStreet = one.streets > 0 && found.level !== found.street_level;
    return LC.t(one.judged ? 'rules_sentence' : 'rules_sentence_none', said) +
      (one.gap === null ? '' : LC.t(isMore ? 'rules_sentence_off' : 'rules_sentence_gap', said)) +
      (isByStreet ? LC.t(where, said) : '') +
      LC.t('rules_sentence_rest', said);
  };

  /** Give the chosen rule as the map takes an indicator; null where its places are not drawn. */
  LC.rules.onMap = (app) => {
    const found = LC.rules.found(app);
    const one = found && LC.rules.by(found);
    const drawn = found && [
      ...LC.levelsOf(app.view),
      ...(app.view.kinds || []).filter((kind) => kind.drawn).map((kind) => kind.kind),
    ];
    if (!one || !drawn.includes(found.level)) return null;
    return {
      id: 'rule ' + found.by,
      ...{ zh: one.rules[0].zh, en: one.rules[0].en },
      levels: [found.level],
      unit_kind: found.level,
      rule: one,
      entry: layerEntry(app, found, one),
    };
  };

  /** The values of the map as the map takes them: octets beside the answer. */
  function layerEntry(app, found, one) {
    const entry = LC.rules.layer(app, found, one);
    if (entry.value && !entry.value.octets) entry.value.octets = Uint8Array.from(entry.value.codes);
    return entry;
  }

  /** Say what a rule says of a place under the pointer. */
  LC.rules.tip = (indicator, layer, unit) => {
    const state = layer.states[unit];
    const { rule } = indicator;
    const parts = [LC.rules.ids(rule) + ' ' + LC.t('rules_is_' + state)];
    if (layer.values[unit] !== null && state !== 'none') {
      parts.push(LC.rules.number(layer.values[unit], rule.unit));
    }
    const gap = LC.rules.gap(layer.gaps[unit], rule.unit);
    if (gap) parts.push(LC.t('rules_short', { gap }));
    return LC.list(parts);
  };

  LC.rules.mapHead = (app) => {
    const found = LC.rules.found(app);
    const one = found && LC.rules.by(found);
    if (!one) return [LC.h('h2', null, LC.t('map_title'))];
    const unit = LC.rules.place(found.level);
    return [
      LC.h('h2', { title: LC.rules.title(one) }, LC.rules.ids(one) + ' ' + LC.rules.title(one)),
      LC.h('span', { class: 'note' }, LC.rules.onMap(app)
        ? LC.t('rules_map_note', { unit })
        : LC.t('rules_map_none', { unit: LC.rules.places(found.level) })),
    ];
  };

  /** Give the legend: every state that occurs, in words, with its count; a press keeps a class. */
  LC.rules.legend = (app) => {
    const found = LC.rules.found(app);
    const one = found && LC.rules.by(found);
    if (!one || !LC.rules.onMap(app)) return null;
    const rows = LC.rules.STATES.filter((state) => one.counts[state]).map((state) => {
      const group = GROUP[state] === undefined ? NO_DATA : GROUP[state];
      return LC.h(
        'button',
        {
          type: 'button',
          class: 'legend-row legend-row-ind',
          'data-key': 'rule-class-' + state,
          'aria-pressed': String(app.ui.filter === group),
          on: { click: () => LC.filter(group) },
        },
        LC.h('i', { class: 'swatch swatch-' + LC.CLASSES[group], 'aria-hidden': 'true' }),
        LC.h('span', { class: 'legend-name' }, LC.t('rules_is_' + state)),
        LC.h('span', { class: 'legend-number' }, LC.integer(one.counts[state]))
      );
    });
    return LC.h('div', { class: 'legend-rows' }, rows);
  };

  const example = (lines) => LC.h('pre', { tabindex: 0 }, lines.join('\n'));

  /** Say what to write down where no pack applies. */
  LC.rules.empty = () =>
    LC.h(
      'div',
      { class: 'work-empty' },
      LC.h('h2', null, LC.t('rules_empty_title')),
      LC.h('p', null, LC.t('rules_empty_text')),
      example(PACKS_EXAMPLE),
      LC.h('p', { class: 'note' }, LC.t('rules_empty_more'))
    );

  /** Say what is missing where no ledger speaks of the communities. */
  LC.rules.noLedger = () =>
    LC.h(
      'div',
      { class: 'rules-ledger' },
      LC.h('b', null, LC.t('rules_ledger_title')),
      LC.h('p', null, LC.t('rules_ledger_text')),
      example(LEDGER_EXAMPLE),
      LC.h('p', { class: 'note' }, LC.t('rules_empty_more'))
    );
})();
