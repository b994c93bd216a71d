package org.ptuning4j.cli.options;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.task.standard.TaskTemplates;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.tensor.engine.Precision;

/** The values that options can take, for help and shell completion. */
public final class Choices {

  private Choices() {}

  /** Names of tasks. */
  public static final class TaskNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Tasks.installed().names().iterator();
    }
  }

  /** Precisions. */
  public static final class Precisions implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Precision.values()).map(Precision::label).iterator();
    }
  }

  /** Formats of a table. */
  public static final class Formats implements Iterable<String> {

    public static final List<String> NAMES = List.of("text", "markdown", "csv", "json");

    @Override
    public Iterator<String> iterator() {
      return NAMES.iterator();
    }
  }

  /** Formats of data files. */
  public static final class InputFormats implements Iterable<String> {

    public static final List<String> NAMES =
        Arrays.stream(FileFormat.values()).map(FileFormat::label).toList();

    @Override
    public Iterator<String> iterator() {
      return NAMES.iterator();
    }
  }

  /** What can be varied. */
  public static final class Ablations implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("depth", "length", "head").iterator();
    }
  }

  /** Methods that can be compared. */
  public static final class ComparedMethods implements Iterable<String> {

    public static List<String> names() {
      return Stream.concat(PromptMethods.installed().names().stream(), Stream.of(Budget.MPT_2))
          .toList();
    }

    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }

  /** Kinds of tasks that a description can start from. */
  public static final class TaskKindNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return TaskTemplates.kinds().iterator();
    }
  }
}
