// Requests of the operator: with a bearer token where the server wants one, and never with the
// visitor's cookie, which is a customer's.

import { text } from '../shared/text.js';

const TOKEN = 'boxoffice-admin-token';

/** The server wants another token than it was shown. */
export class TokenWanted extends Error {}

export const hasToken = () => sessionStorage.getItem(TOKEN) !== null;
export const useToken = (token) => sessionStorage.setItem(TOKEN, token);
export const forgetToken = () => sessionStorage.removeItem(TOKEN);

/** Sends a request, and returns the response if it says yes. */
export async function ask(method, path, body) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { accept: 'application/json, text/plain' };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(path, { method, headers, credentials: 'omit', cache: 'no-cache',
    body: body === undefined ? undefined : JSON.stringify(body) });
  if (response.ok) return response;
  const { detail } = await response.json().catch(() => ({}));
  if (response.status === 401 || response.status === 403) {
    throw new TokenWanted(detail ?? text('noToken'));
  }
  throw new Error(detail ?? text('notAnswered', response));
}

/** The same for an answer in JSON. */
export const askJson = async (...request) => (await ask(...request)).json();

export const pathOf = (event, id) =>
  `/v1/events/${encodeURIComponent(event)}/reservations/${encodeURIComponent(id)}`;
