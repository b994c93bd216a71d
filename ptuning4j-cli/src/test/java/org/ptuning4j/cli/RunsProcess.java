package org.ptuning4j.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Several commands in one process, for tests of what the environment says: a process is the
 * smallest thing that has one.
 */
public final class RunsProcess {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RunsProcess() {}

  /** Arguments: a folder, and commands, one a line, in which FOLDER stands for it. */
  public static void main(String[] arguments) throws IOException {
    List<Run> runs = new ArrayList<>();
    for (String command : arguments[1].lines().toList()) {
      String[] words = command.split(" ", -1);
      Arrays.setAll(words, i -> words[i].replace("FOLDER", arguments[0]));
      runs.add(Run.of(words));
    }
    JSON.writeValue(file(Path.of(arguments[0])), runs);
  }

  private static File file(Path folder) {
    return folder.resolve("runs.json").toFile();
  }

  /** What became of the commands. */
  static List<Run> read(Path folder) throws IOException {
    return JSON.readValue(file(folder), new TypeReference<List<Run>>() {});
  }
}
