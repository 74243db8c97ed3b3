// The question whether to stop all signing stands once in the frame, so that a key opens it from every page.

class Stopping {
  asked = $state(false);

  ask(): void {
    this.asked = true;
  }
}

export const stopping = new Stopping();
