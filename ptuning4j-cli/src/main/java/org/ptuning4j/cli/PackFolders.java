package org.ptuning4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;

/** What {@code --pack} may name: a pack, or the folder of the run that made it. */
final class PackFolders {

  private PackFolders() {}

  /** The pack's folder: the given one, or {@code pack} in it where it is a run's. */
  static Path find(Path given) {
    Path inRun = given.resolve("pack");
    return !Files.exists(given.resolve("prompt.json")) && Files.exists(inRun.resolve("prompt.json"))
        ? inRun
        : given;
  }

  /**
   * Packs by name, from arguments of the form {@code DIR} or {@code NAME=DIR}; without a name the
   * pack's own task names it.
   *
   * @throws InvalidInputException if a folder holds no pack, or a name stands twice
   */
  static Map<String, Path> named(List<String> arguments) {
    Map<String, Path> packs = new LinkedHashMap<>();
    for (String argument : arguments) {
      int sign = argument.indexOf('=');
      boolean named = sign > 0 && argument.substring(0, sign).matches("[A-Za-z0-9_-]+");
      Path folder = find(Path.of(named ? argument.substring(sign + 1) : argument));
      String name = named ? argument.substring(0, sign) : Pack.open(folder).task().name();
      if (packs.put(name, folder) != null) {
        throw InvalidInputException.of(
            "pack: two packs are called '%s'; name them: --pack %s=%s", name, name + "-2", folder);
      }
    }
    return packs;
  }
}
