package org.ptuning4j.cli.study;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.study.run.CellProcesses;
import org.ptuning4j.study.run.CellRunner;
import org.ptuning4j.study.run.CellRunnerProvider;
import org.ptuning4j.study.run.LocalCells;
import org.ptuning4j.study.run.StudyRun;

/** Where a study's cells are trained. */
public enum CellPlace {

  /** In this process, one after the other. */
  HERE {
    @Override
    public CellRunner runner(Function<StudyRun, String> cell, List<String> typed) {
      return new LocalCells();
    }
  },

  /** Each in a process of its own: the same command again, told which cell to train. */
  OWN_PROCESS {
    @Override
    public CellRunner runner(Function<StudyRun, String> cell, List<String> typed) {
      return new CellProcesses(run -> command(typed, cell.apply(run)));
    }
  };

  /** The option that tells a process which cell it trains: by its place in a plan, or its name. */
  public static final String CELL = "--cell";

  private static final String SPARK = "spark";

  private static final String MAIN = "org.ptuning4j.cli.Main";

  /** What trains the cells of a plan that these arguments made. */
  CellRunner runner(List<StudyRun> plan, List<String> typed) {
    return runner(run -> Integer.toString(plan.indexOf(run)), typed);
  }

  /**
   * What trains the cells that these arguments make.
   *
   * @param cell what the command calls a cell
   */
  public abstract CellRunner runner(Function<StudyRun, String> cell, List<String> typed);

  /**
   * What trains the cells that these arguments make on a cluster.
   *
   * @param master the cluster's address
   * @param cell what the command calls a cell
   * @throws InvalidInputException if nothing on the class path can
   */
  public static CellRunner onSpark(
      String master, Function<StudyRun, String> cell, List<String> typed) {
    return Extensions.of(CellRunnerProvider.class).stream()
        .filter(provider -> provider.name().equals(SPARK))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "spark: ptune is without Spark here; put ptuning4j-spark and Spark's jars on"
                        + " its class path (docs/distributed.md shows how)"))
        .runner(master, run -> command(typed, cell.apply(run)));
  }

  /** Whether arguments are those of a cell's process. */
  public static boolean isCell(String[] typed) {
    return typed.length > 1 && typed[1].startsWith(CELL + "=");
  }

  /** This process's own command, for one cell. */
  private static List<String> command(List<String> typed, String cell) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agentlib:jdwp")) // its port is taken
        .forEach(command::add);
    String classes = classPath();
    // A jar's manifest allows native access only to a process that was started from it.
    boolean oneJar = classes.endsWith(".jar") && !classes.contains(File.pathSeparator);
    command.addAll(oneJar ? List.of("-jar", classes) : List.of("-cp", classes, MAIN));
    command.add(typed.get(0));
    command.add(CELL + "=" + cell);
    command.addAll(typed.subList(1, typed.size()));
    return command;
  }

  /**
   * Where this process's classes are: its class path, after what another class loader was given,
   * such as that of {@code spark-submit} for an application's jars.
   */
  private static String classPath() {
    List<String> all = new ArrayList<>();
    for (ClassLoader loader = CellPlace.class.getClassLoader();
        loader instanceof URLClassLoader given;
        loader = given.getParent()) {
      for (URL url : given.getURLs()) {
        if (url.getProtocol().equals("file")) {
          all.add(Path.of(URI.create(url.toString())).toString());
        }
      }
    }
    all.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, all);
  }
}
