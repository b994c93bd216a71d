package org.ptuning4j.cli.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.hub.Models;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a shell can offer for a value.
 *
 * @param label what help calls it, such as {@code DIR}
 * @param words that it may be
 * @param paths whether it may be a file or a folder
 * @param list whether several may be given, with commas in between
 */
record CompletedValue(String label, List<String> words, Paths paths, boolean list) {

  /** Which names of the file system are offered. */
  enum Paths {
    NONE,
    FILES,
    FOLDERS
  }

  static CompletedValue of(ArgSpec argument) {
    Iterable<String> candidates = argument.completionCandidates();
    List<String> words = new ArrayList<>();
    if (candidates != null) {
      StreamSupport.stream(candidates.spliterator(), false).forEach(words::add);
    }
    if (argument instanceof OptionSpec option && option.longestName().equals("--model")) {
      words.addAll(Models.names());
    }
    boolean tasks = candidates instanceof Choices.TaskNames;
    boolean list =
        (tasks && argument.isMultiValue()) || argument.parameterConsumer() instanceof CommaList;
    return new CompletedValue(argument.paramLabel(), words, paths(argument, tasks), list);
  }

  private static Paths paths(ArgSpec argument, boolean tasks) {
    String label = argument.paramLabel();
    if (label.contains("DIR")
        || (label.equals("PACK") && argument.type() == Path.class)
        || label.equals(ModelLookup.LABEL)) {
      return Paths.FOLDERS;
    }
    return label.contains("FILE") || tasks ? Paths.FILES : Paths.NONE;
  }
}
