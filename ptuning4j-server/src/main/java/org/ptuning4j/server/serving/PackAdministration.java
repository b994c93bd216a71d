package org.ptuning4j.server.serving;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.registry.VersionFacts;

/**
 * Packs come and go while others are asked. They come from folders and a registry that the server
 * was told of at its start; no request names a folder or an address.
 */
public interface PackAdministration {

  /**
   * A pack that the server may serve.
   *
   * @param name its task's name on this server
   * @param loaded whether it is served now
   * @param version what the registry says of the version that is served; empty of a pack from a
   *     folder, or one that was not asked yet
   */
  record KnownPack(String name, boolean loaded, Optional<VersionFacts> version) {}

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

  /**
   * Publishes a pack in the registry.
   *
   * @param name what to publish it as
   * @param pack its folder, which may be deleted afterwards
   * @param note what to say of it; may be empty
   * @param alias that means it from now on; empty for none
   * @return its version
   * @throws org.ptuning4j.server.problem.ProblemException if the server has no registry
   * @throws org.ptuning4j.InvalidInputException if it is no whole pack, or a name is none
   */
  int publish(String name, Path pack, String note, Optional<String> alias);

  /**
   * Has an alias of the registry mean a version; tasks follow it.
   *
   * @throws org.ptuning4j.server.problem.ProblemException if the server has no registry
   * @throws org.ptuning4j.InvalidInputException if there is no such pack or version
   */
  void promote(String name, int version, String alias);

  /**
   * Has an alias of the registry mean what it meant before.
   *
   * @return the version that it means now
   * @throws org.ptuning4j.server.problem.ProblemException if the server has no registry
   * @throws org.ptuning4j.InvalidInputException if it meant nothing before
   */
  int rollback(String name, String alias);
}
