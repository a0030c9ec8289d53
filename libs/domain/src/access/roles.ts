import type { Side } from './access.events.js';

/** What somebody may be (DOMAIN, "Who is who"). Nobody but an operator can ask the register. */
export const roles = [
  'operator',
  'terminal-manager',
  'security-officer',
  'retention-officer',
  'incident-responder',
  'case-registrar',
  'provider',
] as const;
export type Role = (typeof roles)[number];
export const isRole = (value: unknown): value is Role => roles.includes(value as Role);

/** Everything that somebody may be allowed to do through the api. */
export type Action =
  | 'inquire'
  | 'disclose'
  | 'register-operator'
  | 'propose-roles'
  | 'approve-roles'
  | 'record-training'
  | 'declare-household'
  | 'view-household'
  | 'register-terminal'
  | 'request-grant'
  | 'decide-grant'
  | 'revoke-grant'
  | 'propose-service-hours'
  | 'approve-service-hours'
  | 'suspend-provision'
  | 'propose-retention'
  | 'approve-retention'
  | 'view-retention'
  | 'release-erasure'
  | 'search-trail'
  | 'prove-event'
  | 'view-access'
  | 'view-contacts'
  | 'manage-contacts'
  | 'confirm-contacts'
  | 'declare-incident'
  | 'view-incidents'
  | 'note-incident'
  | 'close-incident'
  | 'acknowledge-alert'
  | 'view-reviews'
  | 'note-review'
  | 'close-review'
  | 'manage-watch-list'
  | 'save-search'
  | 'list-provisions'
  | 'manage-disclosure-requests'
  | 'export-trail'
  | 'approve-export'
  | 'view-review-days'
  | 'sign-day'
  | 'register-cases'
  | 'view-cases'
  | 'propose-termination'
  | 'decide-termination';

/** The one role table (decision 17). */
export const roleTable: Readonly<Record<Action, readonly Role[]>> = {
  inquire: ['operator'],
  disclose: ['operator', 'security-officer'],
  'register-operator': ['terminal-manager'],
  'propose-roles': ['terminal-manager', 'security-officer'],
  'approve-roles': ['terminal-manager', 'security-officer', 'provider'],
  'record-training': ['terminal-manager', 'security-officer'],
  'declare-household': ['terminal-manager'],
  // The officer who judges a review of a household's name has to know the names.
  'view-household': ['terminal-manager', 'security-officer'],
  'register-terminal': ['terminal-manager'],
  'request-grant': ['operator', 'terminal-manager'],
  'decide-grant': ['terminal-manager'],
  'revoke-grant': ['terminal-manager', 'security-officer'],
  'propose-service-hours': ['provider', 'terminal-manager'],
  'approve-service-hours': ['provider', 'terminal-manager'],
  'suspend-provision': ['provider'],
  'propose-retention': ['retention-officer'],
  'approve-retention': ['retention-officer', 'security-officer'],
  'view-retention': ['retention-officer', 'security-officer', 'provider'],
  'release-erasure': ['retention-officer', 'security-officer'],
  'search-trail': ['security-officer'],
  'prove-event': ['security-officer', 'provider'],
  'view-access': ['terminal-manager', 'security-officer'],
  'view-contacts': ['incident-responder', 'security-officer', 'provider'],
  'manage-contacts': ['incident-responder', 'security-officer', 'provider'],
  'confirm-contacts': ['incident-responder', 'security-officer', 'provider'],
  'declare-incident': ['incident-responder', 'security-officer', 'provider'],
  'view-incidents': ['incident-responder', 'security-officer', 'retention-officer', 'provider'],
  'note-incident': ['incident-responder', 'security-officer', 'provider'],
  'close-incident': ['incident-responder'],
  'acknowledge-alert': ['incident-responder', 'security-officer', 'provider'],
  'view-reviews': ['security-officer'],
  'note-review': ['security-officer'],
  'close-review': ['security-officer'],
  'manage-watch-list': ['security-officer'],
  'save-search': ['security-officer'],
  'list-provisions': ['security-officer'],
  'manage-disclosure-requests': ['security-officer'],
  'export-trail': ['security-officer'],
  'approve-export': ['security-officer', 'terminal-manager'],
  'view-review-days': ['terminal-manager', 'security-officer'],
  'sign-day': ['terminal-manager'],
  'register-cases': ['case-registrar', 'terminal-manager'],
  'view-cases': ['case-registrar', 'terminal-manager', 'security-officer'],
  'propose-termination': ['terminal-manager', 'security-officer'],
  'decide-termination': ['provider'],
};

export const may = (held: readonly Role[], action: Action): boolean =>
  roleTable[action].some((role) => held.includes(role));

/** The roles that each side of the agreement may hold: the provider's people never act for the recipient. */
export const rolesOfSide: Readonly<Record<Side, readonly Role[]>> = {
  recipient: [
    'operator',
    'terminal-manager',
    'security-officer',
    'retention-officer',
    'incident-responder',
    'case-registrar',
  ],
  provider: ['provider'],
};
