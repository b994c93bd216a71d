package org.ptuning4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.ptuning4j.cli.arguments.Arguments;
import org.ptuning4j.cli.arguments.ProcessArguments;
import org.ptuning4j.cli.arguments.UsageException;
import org.ptuning4j.cli.command.CheckDataCommand;
import org.ptuning4j.cli.command.DemoCommand;
import org.ptuning4j.cli.command.DoctorCommand;
import org.ptuning4j.cli.command.EvalCommand;
import org.ptuning4j.cli.command.InitTaskCommand;
import org.ptuning4j.cli.command.InspectCommand;
import org.ptuning4j.cli.command.LamaCommand;
import org.ptuning4j.cli.command.ModelsCommand;
import org.ptuning4j.cli.command.TrainCommand;
import org.ptuning4j.cli.exchange.EnsembleCommand;
import org.ptuning4j.cli.exchange.ExportCommand;
import org.ptuning4j.cli.exchange.ImportCommand;
import org.ptuning4j.cli.options.ConfigFile;
import org.ptuning4j.cli.options.Plugins;
import org.ptuning4j.cli.predict.GenerateCommand;
import org.ptuning4j.cli.predict.PredictCommand;
import org.ptuning4j.cli.registry.RegistryCommand;
import org.ptuning4j.cli.report.ReportCommand;
import org.ptuning4j.cli.search.SearchCommand;
import org.ptuning4j.cli.serve.ServeCommand;
import org.ptuning4j.cli.study.AblateCommand;
import org.ptuning4j.cli.study.CellPlace;
import org.ptuning4j.cli.study.CompareCommand;
import org.ptuning4j.cli.study.ReproduceCommand;
import org.ptuning4j.cli.study.StudyCommand;
import org.ptuning4j.cli.terminal.ClosedPipeException;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Failures;
import org.ptuning4j.tensor.Torch;
import picocli.CommandLine;

/** Starts the {@code ptune} command. */
public final class Main {

  private static final int HELP_WIDTH = 100;

  /** Commands that compute: libtorch is loaded while their options are read. */
  private static final Set<String> COMPUTE =
      Set.of(
          "demo",
          "train",
          "eval",
          "predict",
          "generate",
          "serve",
          "compare",
          "lama",
          "ablate",
          "search",
          "report",
          "reproduce",
          "import",
          "export",
          "ensemble",
          "doctor");

  /** Of these, the commands whose computing is done by processes of their own. */
  private static final Set<String> STUDIES = Set.of("compare", "ablate", "search", "reproduce");

  /** Commands whose {@code --config} names no file of options. */
  private static final Set<String> OWN_CONFIG = Set.of("serve");

  /** The commands that have a help of their own. */
  static final List<String> COMMANDS =
      List.of(
          "demo",
          "check-data",
          "train",
          "eval",
          "predict",
          "generate",
          "serve",
          "compare",
          "lama",
          "ablate",
          "search",
          "report",
          "reproduce",
          "import",
          "export",
          "ensemble",
          "registry",
          "init-task",
          "inspect",
          "models",
          "doctor");

  private Main() {}

  /** The process's entry. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // no decimal commas in any figure
    Optional<Thread> loading = computes(args) ? Optional.of(Torch.startAside()) : Optional.empty();
    int code = run(ProcessArguments.of(args).toArray(String[]::new));
    loading.ifPresent(Main::await);
    System.exit(code);
  }

  /** A process that ends in the middle of a library's start may crash. */
  private static void await(Thread loading) {
    try {
      loading.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean computes(String[] args) {
    return args.length > 0
        && COMPUTE.contains(args[0])
        && (!STUDIES.contains(args[0]) || CellPlace.isCell(args))
        && !asksForHelp(args);
  }

  private static boolean asksForHelp(String[] args) {
    return Arrays.stream(args).anyMatch(arg -> arg.equals("--help") || arg.equals("-h"));
  }

  /**
   * Runs a command on the process's own streams.
   *
   * @return the exit code: 0 all well, 2 bad input or usage, 1 anything else
   */
  public static int run(String... args) {
    Console console = Console.system();
    try {
      Plugins.open(Plugins.jars(System.getenv().getOrDefault(Plugins.VARIABLE, "")));
    } catch (RuntimeException | Error e) {
      return new Failures(console, Arrays.asList(args).contains("--debug")).report(e);
    }
    return run(console, CellPlace.OWN_PROCESS, args);
  }

  /** Runs a command on the given streams, in this process alone. */
  static int run(Console console, String... args) {
    return run(console, CellPlace.HERE, args);
  }

  private static int run(Console console, CellPlace cells, String... args) {
    Failures failures = new Failures(console, Arrays.asList(args).contains("--debug"));
    try {
      List<String> typed = List.of(args);
      CommandLine command = commandLine(console, failures, typed, cells);
      int code = execute(typed, command, failures);
      command.getOut().flush();
      console.flush();
      return code;
    } catch (RuntimeException | Error e) {
      return failures.report(e);
    }
  }

  private static int execute(List<String> typed, CommandLine command, Failures failures) {
    try {
      List<String> checked = Arguments.checked(typed, command);
      return command.execute(expanded(checked, command).toArray(String[]::new));
    } catch (UsageException e) {
      return failures.usage(e);
    }
  }

  /** The arguments with those of a file of options, for the commands that take one. */
  private static List<String> expanded(List<String> typed, CommandLine command) {
    CommandLine called = typed.isEmpty() ? null : command.getSubcommands().get(typed.get(0));
    return called == null
            || called.getCommandSpec().findOption("--config") == null
            || OWN_CONFIG.contains(typed.get(0))
        ? typed
        : ConfigFile.expand(typed, called);
  }

  /** The commands in the order in which help lists them. */
  private static Map<String, Supplier<Object>> commands(
      Console console, List<String> typed, CellPlace cells) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new DemoCommand(console));
    commands.put("check-data", () -> new CheckDataCommand(console));
    commands.put("train", () -> new TrainCommand(console, typed, cells));
    commands.put("eval", () -> new EvalCommand(console));
    commands.put("predict", () -> new PredictCommand(console));
    commands.put("generate", () -> new GenerateCommand(console));
    commands.put("serve", () -> new ServeCommand(console));
    commands.put("compare", () -> study(new CompareCommand(console, typed, cells)));
    commands.put("lama", () -> new LamaCommand(console));
    commands.put("ablate", () -> study(new AblateCommand(console, typed, cells)));
    commands.put("search", () -> search(new SearchCommand(console, typed, cells)));
    commands.put("report", () -> new ReportCommand(console));
    commands.put(
        "reproduce",
        () ->
            reproduce(
                new ReproduceCommand(
                    console, args -> run(console, cells, args.toArray(String[]::new)))));
    commands.put("import", () -> new ImportCommand(console));
    commands.put("export", () -> new ExportCommand(console));
    commands.put("ensemble", () -> new EnsembleCommand(console));
    commands.put("registry", () -> RegistryCommand.withSubcommands(console));
    commands.put("init-task", () -> new InitTaskCommand(console));
    commands.put("inspect", () -> new InspectCommand(console));
    commands.put("models", () -> new ModelsCommand(console));
    commands.put("doctor", () -> new DoctorCommand(console));
    commands.put("help", HelpCommand::new);
    commands.put("generate-completion", CompletionCommand::new);
    return commands;
  }

  static CommandLine commandLine(
      Console console, Failures failures, List<String> typed, CellPlace cells) {
    CommandLine command = new CommandLine(new PtuneCommand());
    Map<String, Supplier<Object>> commands = commands(console, typed, cells);
    String called = typed.isEmpty() ? "" : typed.get(0);
    if (COMPUTE.contains(called)) {
      // One command's options take two tenths of a second less than those of all.
      command.addSubcommand(called, commands.get(called).get());
    } else {
      commands.forEach((name, made) -> command.addSubcommand(name, made.get()));
    }
    command.setUsageHelpWidth(HELP_WIDTH);
    command.setOverwrittenOptionsAllowed(false);
    command.setExpandAtFiles(false); // a text may begin with @
    command.setOut(
        new PrintWriter(new OutputStreamWriter(new Results(console), StandardCharsets.UTF_8)));
    command.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    command.setParameterExceptionHandler((e, rest) -> failures.usage(e));
    command.setExecutionExceptionHandler(
        (e, failed, parsed) ->
            e instanceof CommandLine.ParameterException wrong
                ? failures.usage(wrong)
                : failures.report(e));
    return command;
  }

  private static CommandLine study(StudyCommand command) {
    return without(command.setsItself(), new CommandLine(command));
  }

  private static CommandLine reproduce(ReproduceCommand command) {
    return without(command.setsItself(), new CommandLine(command));
  }

  private static CommandLine search(SearchCommand command) {
    return without(command.setsItself(), new CommandLine(command));
  }

  /** The options of a run without those that a study sets itself. */
  private static CommandLine without(List<String> options, CommandLine line) {
    for (String option : options) {
      line.getCommandSpec().remove(line.getCommandSpec().findOption(option));
    }
    return line;
  }

  /** picocli writes help through this. */
  private static final class Results extends OutputStream {

    private final Console console;

    Results(Console console) {
      this.console = console;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    /** Whoever has read enough of the help and left is no error; picocli would make one of it. */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        console.write(bytes, offset, length);
      } catch (ClosedPipeException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
