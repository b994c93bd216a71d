package org.ptuning4j.cli.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.peft.PeftAdapter;
import org.ptuning4j.pack.ptuningv2.PTuningV2Checkpoint;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PackReference;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.tensor.Torch;

/** What {@code --pack} may name: a pack, or the folder of the run that made it. */
public final class PackFolders {

  /** The environment variable that says where the registry is. */
  public static final String REGISTRY = "PTUNE_REGISTRY";

  /** What a version in a registry begins with: {@code registry:DIR/NAME@ALIAS}. */
  private static final String PUBLISHED = "registry:";

  private PackFolders() {}

  /** How often a bucket is looked at while a command uses it. */
  private static final Duration LOOKING = Duration.ofSeconds(1);

  /** Whether an argument names a published version, and no folder. */
  public static boolean isPublished(String argument) {
    return argument.startsWith(PUBLISHED);
  }

  /** Where the registry is, as the environment says. */
  public static String registry() {
    String folder = System.getenv(REGISTRY);
    if (folder == null || folder.isBlank()) {
      throw InvalidInputException.of(
          "registry: say where it is, with --registry DIR or in the environment variable %s",
          REGISTRY);
    }
    return folder;
  }

  /** Opens a registry: its folder, or its address in a bucket. */
  public static OpenedRegistry open(String place) {
    return OpenedRegistry.of(place, Torch.cacheFolder(), LOOKING);
  }

  /** A published version's folder; what is before the last separator is the registry's. */
  private static Path published(String place) {
    int end = Math.max(place.lastIndexOf('/'), place.lastIndexOf(java.io.File.separatorChar));
    try (OpenedRegistry opened =
        open(end < 0 ? registry() : place.substring(0, Math.max(1, end)))) {
      return opened
          .registry()
          .verified(PackReference.parse(place.substring(end + 1)), Trust.anyone())
          .folder();
    }
  }

  /**
   * Makes sure that a pack is not written over that of a run, whose figures would then be
   * another's.
   *
   * @throws InvalidInputException if {@code out} is a run's folder, or a pack in it
   */
  public static void requireOutsideRuns(Path out) {
    Path folder = out.toAbsolutePath().normalize();
    for (Path run : new Path[] {folder, folder.getParent()}) {
      if (run != null && Files.isRegularFile(run.resolve("run.json"))) {
        throw InvalidInputException.of(
            "out: %s is of the run in %s, whose pack and figures stay together; choose another"
                + " folder",
            out, run);
      }
    }
  }

  /** The pack's folder: the given one, or {@code pack} in it where it is a run's. */
  public static Path find(Path given) {
    return find("pack", given);
  }

  /**
   * The same for another option than {@code --pack}.
   *
   * @throws InvalidInputException if there is no such folder, or several packs are in it
   */
  public static Path find(String option, Path given) {
    if (given.toString().startsWith(PUBLISHED)) {
      return published(given.toString().substring(PUBLISHED.length()));
    }
    if (!Files.isDirectory(given)) {
      throw InvalidInputException.of("%s: the folder %s does not exist", option, given);
    }
    Path inRun = given.resolve("pack");
    if (!Files.exists(given.resolve("prompt.json")) && Files.exists(inRun.resolve("prompt.json"))) {
      return inRun;
    }
    if (!Files.exists(given.resolve("prompt.json")) && isForeign(given)) {
      throw InvalidInputException.of(
          "%s: %s %s; make a pack of it: ptune import %s --model MODEL --out PACK",
          option,
          given,
          PeftAdapter.isOne(given)
              ? "is an adapter folder of PEFT's"
              : "is a checkpoint of P-Tuning v2's code",
          given);
    }
    Path several = given.resolve("packs");
    if (Files.isDirectory(several)) {
      throw InvalidInputException.of(
          "%s: %s is a run of several tasks; name one of its packs: %s",
          option, given, names(several));
    }
    return given;
  }

  private static boolean isFolder(String name) {
    try {
      return Files.isDirectory(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isForeign(Path folder) {
    return PeftAdapter.isOne(folder) || PTuningV2Checkpoint.isOne(folder);
  }

  private static String names(Path packs) {
    try (Stream<Path> each = Files.list(packs)) {
      return each.map(Path::toString).sorted().collect(Collectors.joining(", "));
    } catch (IOException e) {
      throw new InvalidInputException(packs + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Packs by name, from arguments of the form {@code DIR} or {@code NAME=DIR}; without a name the
   * pack's own task names it. What is a folder as it stands is one, whatever its name.
   *
   * @throws InvalidInputException if a folder holds no pack, a name is none, or two packs have the
   *     same name
   */
  public static Map<String, Path> named(List<String> arguments) {
    Map<String, Path> packs = new LinkedHashMap<>();
    for (String argument : arguments) {
      int sign = argument.indexOf('=');
      boolean named = sign >= 0 && !argument.startsWith(PUBLISHED) && !isFolder(argument);
      if (named && !TaskName.isOne(argument.substring(0, sign))) {
        throw InvalidInputException.of(
            "pack: the name '%s' in '%s' may have %s",
            argument.substring(0, sign), argument, TaskName.RULE);
      }
      String place = named ? argument.substring(sign + 1) : argument;
      Path folder =
          place.startsWith(PUBLISHED)
              ? published(place.substring(PUBLISHED.length())) // which is no path everywhere
              : find(Path.of(place));
      String name = named ? argument.substring(0, sign) : Pack.open(folder).task().name();
      if (packs.put(name, folder) != null) {
        throw InvalidInputException.of(
            "pack: two packs are called '%s'; name them: --pack %s=%s", name, name + "-2", folder);
      }
    }
    return packs;
  }
}
