package org.ptuning4j.server.serving;

import java.util.List;

/**
 * Packs come and go while others are asked. They come from where the server was told at its start;
 * no request names a folder or an address.
 */
public interface PackAdministration {

  /**
   * A pack that the server may serve.
   *
   * @param name its task's name on this server
   * @param loaded whether it is served now
   */
  record KnownPack(String name, boolean loaded) {}

  /** The packs that the server was told of, by name. */
  List<KnownPack> packs();

  /**
   * Loads a pack, or takes it anew from where it is; the earlier one answers until then.
   *
   * @throws org.ptuning4j.server.problem.ProblemException if no pack of this name is known
   * @throws org.ptuning4j.InvalidInputException if it cannot be loaded; an earlier one stays
   */
  void load(String name);

  /**
   * Serves a pack no longer; what was asked of it is still answered.
   *
   * @throws org.ptuning4j.server.problem.ProblemException if no pack of this name is known
   */
  void unload(String name);
}
