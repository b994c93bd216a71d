package org.ptuning4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.settings.InvalidSettingException;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.run.TrainingListener;

/** The packs of a folder as starts of a run, beside a fresh one. */
public final class EarlierPacks {

  /** What a fresh start is called beside the packs. */
  static final String FRESH = "fresh";

  /** How deep below the folder packs are looked for. */
  private static final int DEPTH = 10;

  /** So many of the packs that do not fit are told with their reason. */
  private static final int TOLD = 3;

  private EarlierPacks() {}

  /**
   * The folders that hold a pack, however deep, in the order of their names.
   *
   * @throws InvalidInputException if there is no such folder, or it cannot be read
   */
  public static List<Path> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidSettingException(
          TrainingSettings.START_FROM.name(), "the folder %s does not exist".formatted(folder));
    }
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      return files.filter(Pack::isOne).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * The starts that packs of a folder make for a run: a fresh one, and each pack whose prompt fits,
   * those of tasks like the run's first. The run's own pack is none of them.
   *
   * @param prompt a prompt of the run's, on which they are tried; it is changed
   * @param listener is told how many do not fit, and why
   * @throws InvalidSettingException if none fits
   */
  static List<Start> starts(PreparedRun run, PromptModule prompt, TrainingListener listener) {
    TrainingConfig config = run.config();
    Path folder = config.startFrom().orElseThrow().folder();
    Path own = run.run().path().toAbsolutePath().normalize();
    List<Likely> fitting = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Path pack : in(folder)) {
      if (pack.toAbsolutePath().normalize().startsWith(own)) {
        continue;
      }
      String name = name(folder, pack);
      try {
        EarlierPrompt.copy(pack, prompt, run);
        Start start = new Start(name, config.seed(), Optional.of(pack));
        fitting.add(new Likely(start, likeness(pack, run.tasks().get(0).task().task())));
      } catch (InvalidInputException e) {
        others.add("%s: %s".formatted(name, e.getMessage()));
      }
    }
    if (fitting.isEmpty()) {
      throw new InvalidSettingException(
          TrainingSettings.START_FROM.name(),
          others.isEmpty()
              ? "there is no pack in %s".formatted(folder)
              : "no pack in %s fits this run; %s".formatted(folder, some(others)));
    }
    if (!others.isEmpty()) {
      listener.warned(
          "start-from: %d of %d packs in %s do not fit this run and are left out; %s"
              .formatted(others.size(), others.size() + fitting.size(), folder, some(others)));
    }
    List<Start> starts = new ArrayList<>();
    starts.add(new Start(FRESH, config.seed(), Optional.empty()));
    fitting.stream()
        .sorted(Comparator.comparing(Likely::likeness).reversed())
        .forEach(each -> starts.add(each.start()));
    return starts;
  }

  private static String some(List<String> reasons) {
    String told = String.join("; ", reasons.subList(0, Math.min(TOLD, reasons.size())));
    return reasons.size() > TOLD ? told + "; …" : told;
  }

  /** Its place below the folder, without the last part that all runs' packs have. */
  private static String name(Path folder, Path pack) {
    Path place = folder.relativize(pack);
    boolean ofRun = place.getNameCount() > 1 && place.endsWith("pack");
    String name = (ofRun ? place.getParent() : place).toString().replace('\\', '/');
    return name.isEmpty() ? String.valueOf(pack.getFileName()) : name;
  }

  /** A pack that fits, and how much its task is like the run's. */
  private record Likely(Start start, int likeness) {}

  /** 2 for a task of the same name, 1 for one of the same kind. */
  private static int likeness(Path pack, Task<?> task) {
    try {
      Task<?> other = Pack.open(pack).task();
      if (other.name().equals(task.name())) {
        return 2;
      }
      return other.kind().equals(task.kind()) ? 1 : 0;
    } catch (InvalidInputException e) {
      return 0; // a kind that is not installed; its prompt fits all the same
    }
  }
}
