package org.ptuning4j.registry;

/** Where changes of a registry are decided, if that is not its folder. */
interface Upstream {

  /** The folder decides. */
  Upstream NONE =
      new Upstream() {
        @Override
        public void refresh(Registry registry) {}

        @Override
        public void commit(Registry registry, RegistryEvent event) {}
      };

  /** Brings the folder up to what has happened elsewhere; the caller has the folder's lock. */
  void refresh(Registry registry);

  /**
   * Makes a change happen, before it is written to the folder.
   *
   * @throws Overtaken if another one happened first: this one has not happened then, and may be
   *     tried again over a refreshed folder
   */
  void commit(Registry registry, RegistryEvent event);

  /** Somebody else has changed the registry meanwhile. */
  final class Overtaken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Overtaken() {
      super("somebody else has changed the registry meanwhile");
    }
  }
}
