package org.ptuning4j.cli.shell;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ptuning4j.Version;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of one command, in roff as {@code man} reads it, from what its help says.
 *
 * @param command the command
 */
record ManPage(CommandLine command) {

  private static final String EXAMPLES = "Examples:";

  /** What follows a command's own parts in each page. */
  private static final String EXIT_STATUS =
      """
      .SH "EXIT STATUS"
      .TP
      0
      All is well.
      .TP
      2
      Something about the input or the options is wrong.
      .TP
      1
      Anything else.
      """;

  private static final String ENVIRONMENT =
      """
      .SH ENVIRONMENT
      .TP
      .B JAVA_HOME
      The Java to start with, 17 or newer; without it, the one on the path.
      .TP
      .B PTUNE_JAVA_OPTS
      More options for Java, such as \\-Xmx4g.
      .TP
      .B PTUNE_REGISTRY
      The registry, where \\-\\-registry does not name one.
      .TP
      .B XDG_CACHE_HOME
      Where models and unpacked libraries are kept, in the folder ptuning4j; without it, ~/.cache.
      """;

  /** Its name, such as {@code ptune-registry-publish}. */
  String name() {
    return command.getCommandSpec().qualifiedName("-");
  }

  /** The page. */
  String roff() {
    CommandSpec spec = command.getCommandSpec();
    StringBuilder page = new StringBuilder();
    page.append(".TH ").append(name().toUpperCase(Locale.ROOT)).append(" 1 \"\" \"ptuning4j ");
    page.append(Version.current()).append("\" \"ptuning4j manual\"\n");
    page.append(".SH NAME\n").append(escaped(name())).append(" \\- ");
    page.append(escaped(Sentence.first(spec.usageMessage().description()))).append('\n');
    page.append(".SH SYNOPSIS\n").append(synopsis()).append('\n');
    page.append(".SH DESCRIPTION\n");
    page.append(text(Sentence.whole(spec.usageMessage().description()))).append('\n');
    appendArguments(page, spec);
    appendCommands(page);
    appendFooter(page, Arrays.asList(spec.usageMessage().footer()));
    page.append(EXIT_STATUS).append(spec.parent() == null ? ENVIRONMENT : "");
    return page.append(".SH \"SEE ALSO\"\n").append(seeAlso(spec)).append('\n').toString();
  }

  private String synopsis() {
    String name = ".B " + escaped(command.getCommandSpec().qualifiedName(" ")) + "\n";
    String arguments =
        command.getCommandSpec().positionalParameters().stream()
            .map(each -> "\\fI" + escaped(each.paramLabel()) + "\\fR")
            .collect(Collectors.joining(" "));
    String behind = command.getSubcommands().isEmpty() ? arguments : "\\fICOMMAND\\fR ...";
    return name + ("[\\fIOPTION\\fR]... " + behind).strip();
  }

  private static void appendArguments(StringBuilder page, CommandSpec spec) {
    page.append(".SH OPTIONS\n");
    for (PositionalParamSpec argument : spec.positionalParameters()) {
      page.append(".TP\n\\fI").append(escaped(argument.paramLabel())).append("\\fR\n");
      page.append(description(argument)).append('\n');
    }
    spec.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparingInt(OptionSpec::order))
        .forEach(
            option -> {
              page.append(".TP\n").append(names(option)).append('\n');
              page.append(description(option)).append('\n');
            });
  }

  private static String description(ArgSpec argument) {
    return text(Sentence.whole(argument.description()));
  }

  private static String names(OptionSpec option) {
    String names =
        Arrays.stream(option.names())
            .map(name -> "\\fB" + escaped(name) + "\\fR")
            .collect(Collectors.joining(", "));
    if (option.arity().max() == 0) {
      return names;
    }
    String value = "=\\fI" + escaped(option.paramLabel()) + "\\fR";
    return names + (option.arity().min() == 0 ? "[" + value + "]" : value);
  }

  private void appendCommands(StringBuilder page) {
    if (command.getSubcommands().isEmpty()) {
      return;
    }
    page.append(".SH COMMANDS\n");
    command
        .getSubcommands()
        .forEach(
            (name, below) -> {
              page.append(".TP\n.B ").append(escaped(name)).append('\n');
              String[] description = below.getCommandSpec().usageMessage().description();
              page.append(text(Sentence.whole(description))).append('\n');
            });
  }

  /** Examples as they are typed, and what is said around them. */
  private static void appendFooter(StringBuilder page, List<String> footer) {
    boolean typed = false;
    for (String line : footer) {
      boolean example = line.startsWith("  ");
      if (line.equals(EXAMPLES)) {
        page.append(".SH EXAMPLES\n");
      } else if (!line.isBlank()) {
        page.append(example == typed ? "" : example ? ".nf\n" : ".fi\n.PP\n");
        page.append(example ? escaped(line) : text(line)).append('\n');
        typed = example;
      }
    }
    page.append(typed ? ".fi\n" : "");
  }

  private String seeAlso(CommandSpec spec) {
    if (spec.parent() == null) {
      return command.getSubcommands().values().stream()
          .map(below -> ".BR " + escaped(below.getCommandSpec().qualifiedName("-")) + " (1)")
          .collect(Collectors.joining(",\n"));
    }
    return ".BR " + escaped(spec.parent().qualifiedName("-")) + " (1)";
  }

  /** Running text; a line that begins with a control character would be a request. */
  private static String text(String text) {
    String line = escaped(text);
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga");
  }
}
