package org.ptuning4j.cli.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ptuning4j.Spelling;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Looks at the arguments before they are parsed: unknown commands and options are found first, all
 * of them; and texts that begin with a hyphen are told from options.
 */
public final class Arguments {

  /** The form of an option. Whatever else begins with a hyphen can only be a text. */
  private static final Pattern OPTION =
      Pattern.compile("(--?[A-Za-z][A-Za-z0-9_-]*)(=.*)?", Pattern.DOTALL);

  private static final String END_OF_OPTIONS = "--";

  private final CommandLine ptune;
  private final List<String> problems = new ArrayList<>();

  private Arguments(CommandLine ptune) {
    this.ptune = ptune;
  }

  /**
   * The arguments as the parser understands them.
   *
   * @param typed as they were typed, the subcommand first
   * @param ptune the command with its subcommands
   * @throws UsageException if there is an unknown command or option; all of them are named
   */
  public static List<String> checked(List<String> typed, CommandLine ptune) {
    return new Arguments(ptune).check(typed);
  }

  private List<String> check(List<String> typed) {
    if (typed.isEmpty()) {
      return typed;
    }
    String name = typed.get(0);
    if (name.startsWith("-")) {
      if (ptune.getCommandSpec().findOption(name) == null) {
        throw unknownBeforeCommand(name);
      }
      return typed;
    }
    CommandLine command = ptune.getSubcommands().get(name);
    if (command == null) {
      throw unknownCommand(ptune, name);
    }
    if (typed.size() == 2 && typed.get(1).equals("help") && !isFile(command, "help")) {
      return List.of(name, "--help");
    }
    List<String> arguments = new ArrayList<>(List.of(name));
    int rest = 1;
    if (!command.getSubcommands().isEmpty() && typed.size() > 1 && !typed.get(1).startsWith("-")) {
      CommandLine inner = command.getSubcommands().get(typed.get(1));
      if (inner == null) {
        throw unknownCommand(command, typed.get(1));
      }
      arguments.add(typed.get(1));
      command = inner;
      rest = 2;
    }
    arguments.addAll(check(command, typed.subList(rest, typed.size())));
    if (!problems.isEmpty()) {
      throw new UsageException(command, problems);
    }
    return arguments;
  }

  private static boolean isFile(CommandLine command, String name) {
    return !command.getCommandSpec().positionalParameters().isEmpty()
        && Files.exists(Path.of(name));
  }

  /** The arguments of a subcommand, with texts that begin with a hyphen behind {@code --}. */
  private List<String> check(CommandLine command, List<String> typed) {
    boolean takesTexts = !command.getCommandSpec().positionalParameters().isEmpty();
    List<String> options = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    boolean hyphened = false;
    for (int i = 0; i < typed.size(); i++) {
      String argument = typed.get(i);
      if (argument.equals(END_OF_OPTIONS)) {
        texts.addAll(typed.subList(i + 1, typed.size()));
        hyphened = true;
        break;
      }
      Optional<OptionSpec> option = option(command, argument);
      if (option.isPresent()) {
        options.add(argument);
        boolean valueFollows = option.get().arity().min() > 0 && !argument.contains("=");
        if (valueFollows && i + 1 < typed.size()) {
          options.add(typed.get(++i));
        }
      } else if (OPTION.matcher(argument).matches()) {
        problems.add(unknown(command, argument, takesTexts));
      } else {
        hyphened |= argument.startsWith("-") && argument.length() > 1;
        texts.add(argument);
      }
    }
    if (!takesTexts || !hyphened) {
      return typed;
    }
    options.add(END_OF_OPTIONS);
    options.addAll(texts);
    return options;
  }

  private static Optional<OptionSpec> option(CommandLine command, String argument) {
    return Optional.ofNullable(command.getCommandSpec().findOption(argument.split("=", 2)[0]));
  }

  private String unknown(CommandLine command, String argument, boolean takesTexts) {
    String name = argument.split("=", 2)[0];
    List<String> known =
        command.getCommandSpec().options().stream().map(OptionSpec::longestName).toList();
    StringBuilder problem = new StringBuilder("there is no option " + name);
    Optional<String> near = nearest(name, known);
    if (near.isPresent()) {
      problem.append("; did you mean ").append(near.get()).append('?');
    } else {
      ptune.getSubcommands().entrySet().stream()
          .filter(other -> other.getValue().getCommandSpec().findOption(name) != null)
          .findFirst()
          .ifPresent(
              other -> problem.append("; it is one of `ptune ").append(other.getKey()).append('`'));
    }
    if (takesTexts) {
      problem
          .append(" (a ")
          .append(command.getCommandSpec().positionalParameters().get(0).paramLabel())
          .append(" that begins with - goes behind --: `-- \"")
          .append(argument)
          .append("\"`)");
    }
    return problem.toString();
  }

  /** The likeliest option meant, whatever the number of hyphens. */
  private static Optional<String> nearest(String given, List<String> known) {
    List<String> names = known.stream().map(Arguments::withoutHyphens).toList();
    return Spelling.closest(withoutHyphens(given).replace('_', '-'), names)
        .map(name -> known.get(names.indexOf(name)));
  }

  private static String withoutHyphens(String option) {
    return option.replaceFirst("^-+", "");
  }

  private UsageException unknownBeforeCommand(String option) {
    return new UsageException(
        ptune,
        List.of(
            "there is no option "
                + option
                + " before the command; options follow it, as in `ptune train --help`"));
  }

  private static UsageException unknownCommand(CommandLine under, String name) {
    String guess =
        Spelling.closest(name, under.getSubcommands().keySet())
            .map(near -> "; did you mean " + near + "?")
            .orElse("; there are: " + String.join(", ", under.getSubcommands().keySet()));
    return new UsageException(under, List.of("there is no command '" + name + "'" + guess));
  }
}
