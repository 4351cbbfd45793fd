/**
 * Whether what is shown is true now.
 * connecting  not yet, or not any more since a moment: the first attempt to reach the gateway is
 *             under way.
 * live        the number is the gateway's newest.
 * offline     the gateway cannot be reached, or has refused; attempts may go on.
 */
export type LiveState = 'connecting' | 'live' | 'offline';

/** What happens to a subscription. */
export type LiveEvent = 'value' | 'closed' | 'refused';

/**
 * The state after an event. While attempts fail one after the other it stays offline, without
 * flicker.
 */
export function nextState(state: LiveState, event: LiveEvent): LiveState {
  switch (event) {
    case 'value':
      return 'live';
    case 'closed':
      return state === 'live' ? 'connecting' : 'offline';
    case 'refused':
      return 'offline';
  }
}
