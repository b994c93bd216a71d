// Shows the server's OpenAPI document.

import { byId, make } from './dom.js';

const document_ = await (await fetch('/openapi.json')).json();

function operation(path, method, said) {
  const rows = Object.entries(said.responses).map(([status, response]) =>
    make('tr', {}, make('th', { scope: 'row' }, status), make('td', {}, resolved(response).description)));
  const example = said.requestBody && Object.values(said.requestBody.content)[0].example;
  return make('section', {},
    make('h2', {}, `${method.toUpperCase()} ${path}`),
    make('p', {}, said.summary),
    example ? make('pre', { tabindex: '0', 'aria-label': 'Example of a body' }, JSON.stringify(example, null, 2)) : null,
    make('table', { class: 'facts' }, make('caption', { class: 'quiet' }, 'Answers'), make('tbody', {}, ...rows)));
}

function resolved(part) {
  return part.$ref ? part.$ref.slice(2).split('/').reduce((at, name) => at[name], document_) : part;
}

byId('addresses').replaceChildren(
  ...Object.entries(document_.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'post'].includes(method))
      .map(([method, said]) => operation(path, method, said))));
