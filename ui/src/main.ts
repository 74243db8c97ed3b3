import { mount } from 'svelte';
import App from './App.svelte';
import { language } from '$lib/i18n/language.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

language.start();
const target = document.getElementById('app');
if (target === null) throw new Error('the page has no place for the app');
mount(App, { target });
