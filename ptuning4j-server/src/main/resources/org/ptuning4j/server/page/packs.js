// Where a task's pack comes from, and how good it was.

import { make, number } from './dom.js';

function row(name, value) {
  return value === undefined || value === null ? [] : [make('dt', {}, name), make('dd', {}, value)];
}

export function show(task) {
  const facts = [...row('kind', task.kind), ...row('asks', task.description)];
  const pack = task.pack;
  const registry = task.registry;
  if (registry) {
    const aliases = registry.aliases.length > 0 ? ` (${registry.aliases.join(', ')})` : '';
    facts.push(
      ...row('registry', `${registry.name}@${registry.version}${aliases}`),
      ...row('published', registry.published),
      ...row('note', registry.note || undefined));
  }
  if (pack) {
    const metrics = Object.entries(pack.metrics || {}).map(([name, value]) => `${name} ${number(value)}`).join(', ');
    facts.push(
      ...row('metrics', metrics),
      ...row('method', pack.method),
      ...row('model', pack.backbone),
      ...row('reads layer', pack.read_layer && String(pack.read_layer)),
      ...row('trained in', pack.precision),
      ...row('seed', String(pack.seed)),
      ...row('epoch', String(pack.epoch)),
      ...row('version', pack.versions && pack.versions.ptuning4j),
      ...row('tensors', pack.tensors_sha256 && `SHA-256 ${pack.tensors_sha256.slice(0, 16)}…`));
  } else {
    facts.push(...row('pack', 'none: the model answers as it is'));
  }
  return make('article', {}, make('h3', {}, task.name), make('dl', {}, ...facts));
}
