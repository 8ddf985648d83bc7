import { openNotification } from './graph/rich/open-notification.js';

/** What needs neither database nor network to be said of a rich notification. */
export const richPreviews = { notification: openNotification };
