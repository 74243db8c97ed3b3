// The places that exist, in the order of concern. A place that does not work is not in the list.

import CircleAlert from '@lucide/svelte/icons/circle-alert';
import Gauge from '@lucide/svelte/icons/gauge';
import Search from '@lucide/svelte/icons/search';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Waypoints from '@lucide/svelte/icons/waypoints';
import Wallet from '@lucide/svelte/icons/wallet';
import { m } from '$lib/paraglide/messages';
import { to, type Place } from '$lib/router/paths';

export const places: { place: Place; href: string; name: () => string; icon: typeof Gauge; keys: string }[] =
  [
    { place: 'overview', href: to.overview(), name: m.place_overview, icon: Gauge, keys: 'O' },
    { place: 'wallet', href: to.deposit(), name: m.place_wallet, icon: Wallet, keys: 'W' },
    { place: 'explorer', href: to.explorer(), name: m.place_explorer, icon: Search, keys: 'X' },
    { place: 'watch', href: to.payouts(), name: m.place_watch, icon: ShieldCheck, keys: 'G' },
    { place: 'alerts', href: to.alerts(), name: m.place_alerts, icon: CircleAlert, keys: 'A' },
    { place: 'even', href: to.even(), name: m.place_even, icon: Waypoints, keys: 'E' },
    { place: 'settings', href: to.settings(), name: m.place_settings, icon: SlidersHorizontal, keys: 'S' },
  ];
