/**
 * The switch of opening hours: what it says in sentences and figures. With it, only facilities known
 * to be open at those hours count, so that figures are bounds wherever hours of others are unknown.
 */
(function () {
  'use strict';
  const LC = (window.livingCircle = window.livingCircle || {});

  const openingOf = (view) => (view.opening && view.opening !== 'any' ? view.opening : null);

  /** How many open facilities the switch leaves out because their hours are not known. */
  LC.hoursUnknown = (view) => {
    const opening = openingOf(view);
    return opening ? (view.openings[opening] || {}).unknown || 0 : 0;
  };

  /** Name a category with the hours that are asked for. */
  LC.openCategory = (view, name) => {
    const opening = openingOf(view);
    return opening ? LC.t('open_category_' + opening, { category: name }) : name;
  };

  /** Say "at least" or "at most" where unknown hours make a bound of a figure. */
  LC.atLeast = (view, value) => (LC.hoursUnknown(view) ? LC.t('at_least', { value }) : value);
  LC.atMost = (view, value) => (LC.hoursUnknown(view) ? LC.t('at_most', { value }) : value);
  /** The same as a sign before a large figure. */
  LC.leastSign = (view) => (LC.hoursUnknown(view) ? '≥ ' : '');
  LC.mostSign = (view) => (LC.hoursUnknown(view) ? '≤ ' : '');

  /** Which hours count; empty at any hour. */
  LC.openingRule = (view) => {
    const opening = openingOf(view);
    return opening ? LC.t('opening_why_' + opening, { hours: view.openings[opening].hours }) : '';
  };

  /** Which hours count, and how many facilities are left out; empty at any hour. */
  LC.openingNote = (view) => {
    const rule = LC.openingRule(view);
    return rule && rule + LC.t('full_stop') + LC.openingTail(view);
  };

  /** How many facilities are left out for want of hours, as a sentence; empty where none is. */
  LC.openingTail = (view) => {
    const n = LC.hoursUnknown(view);
    return n ? LC.t('opening_unknown', { n: LC.integer(n) }) : '';
  };

  /** Add the hours to what is asked of the server. */
  LC.withOpening = (view, query) => {
    const opening = openingOf(view);
    return opening ? { ...query, h: opening } : query;
  };

  /** Say that a list is at any hour although the switch is on. */
  LC.anyHourNote = (view) => (openingOf(view) ? LC.t('any_hour_note') : '');

  /** Say of a facility when it is open, and why it does not count. */
  LC.facilityHours = (one) => {
    const lines = [one.hours ? LC.t('tip_hours', { hours: one.hours }) : LC.t('tip_hours_none')];
    if (one.status && one.status !== 'open') lines.push(LC.t('tip_' + one.status));
    return lines;
  };
})();
