/** What helps a person on: which help is open, and how far the tour has come. The first window shows the tour by itself. */
import { readStored, writeStored } from '../state/stored.ts';

export const TOUR_STEPS = 3;

export class HelpState {
  glossaryOpen = $state.raw(false);
  /** What the glossary is searched for. */
  word = $state.raw('');
  settingsOpen = $state.raw(false);
  /** Of the settings. */
  settingsTab = $state.raw<string>('look');
  commandLineOpen = $state.raw(false);
  /** Step of the tour from 0; null where there is none. */
  tour = $state.raw<number | null>(null);
  /** Getting started stands on the start page. */
  stepsShown = $state.raw(true);

  constructor() {
    this.stepsShown = readStored('gettingStarted') !== false;
  }

  /** Opens the glossary at a term; without one, as a whole. */
  showGlossary(term = ''): void {
    this.word = term;
    this.glossaryOpen = true;
  }

  showSettings(tab: 'look' | 'keys'): void {
    this.settingsTab = tab;
    this.settingsOpen = true;
  }

  /** Starts the tour where this person has never ended one. */
  offerTour(): void {
    if (readStored('tourSeen') !== true) this.tour = 0;
  }

  startTour(): void {
    this.tour = 0;
  }

  nextStep(): void {
    if (this.tour === null) return;
    if (this.tour + 1 < TOUR_STEPS) this.tour += 1;
    else this.endTour();
  }

  endTour(): void {
    this.tour = null;
    writeStored('tourSeen', true);
  }

  showSteps(shown: boolean): void {
    this.stepsShown = shown;
    writeStored('gettingStarted', shown);
  }
}
