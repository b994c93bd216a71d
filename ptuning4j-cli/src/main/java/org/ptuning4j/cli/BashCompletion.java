package org.ptuning4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.ptuning4j.cli.arguments.CommaList;
import org.ptuning4j.cli.options.Choices;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.hub.Models;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A completion script for bash, which zsh understands too: commands, options, the words that an
 * option takes, and files or folders where it takes those.
 *
 * @param ptune the command with its subcommands
 */
record BashCompletion(CommandLine ptune) {

  private static final String HEAD =
      """
      # Completion for ptune in bash and zsh: source <(ptune generate-completion)
      if [ -n "${ZSH_VERSION:-}" ]; then autoload -U +X bashcompinit && bashcompinit; fi

      _ptune() {
        local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
        local command="${COMP_WORDS[1]}" words="" files="" list="" before="" IFS=$'\\n'
        COMPREPLY=()
        if [ "$cur" = "=" ]; then # --option=value is three words here
          cur=""
        elif [ "$prev" = "=" ]; then
          prev="${COMP_WORDS[COMP_CWORD-2]}"
        fi
        if [ "$COMP_CWORD" = 1 ]; then
          command="" prev=""
        fi
        case "$command $prev" in
      """;

  private static final String TAIL =
      """
        esac
        if [ -n "$list" ] && [[ "$cur" == *,* ]]; then # a list: its last item
          before="${cur%,*},"
          cur="${cur##*,}"
        fi
        COMPREPLY=($(compgen -P "$before" -W "${words// /$'\\n'}" -- "$cur"))
        if [ -n "$files" ]; then
          if type compopt &>/dev/null; then compopt -o filenames; fi
          COMPREPLY+=($(compgen -P "$before" "$files" -- "$cur"))
        fi
      }
      complete -F _ptune ptune ./ptune
      """;

  /** The script. */
  String script() {
    StringBuilder script = new StringBuilder(HEAD);
    Map<String, CommandLine> commands = ptune.getSubcommands();
    List<String> first = new ArrayList<>(commands.keySet());
    ptune.getCommandSpec().options().forEach(option -> first.add(option.longestName()));
    script.append("    \" \") words=\"").append(String.join(" ", first)).append("\" ;;\n");
    commands.forEach((name, command) -> appendValues(script, name, command));
    script.append("    *)\n      case \"$command\" in\n");
    commands.forEach((name, command) -> appendOthers(script, name, command));
    script.append("      esac\n      ;;\n");
    return script.append(TAIL).toString();
  }

  /** What follows each option that takes a value. */
  private static void appendValues(StringBuilder script, String name, CommandLine command) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.arity().max() > 0) {
        script
            .append("    \"")
            .append(name)
            .append(' ')
            .append(option.longestName())
            .append("\") ")
            .append(values(option, words(option)))
            .append(" ;;\n");
      }
    }
  }

  /** Everywhere else: options, and what the command takes without one. */
  private static void appendOthers(StringBuilder script, String name, CommandLine command) {
    String options =
        command.getCommandSpec().options().stream()
            .map(OptionSpec::longestName)
            .collect(Collectors.joining(" "));
    List<PositionalParamSpec> positional = command.getCommandSpec().positionalParameters();
    script.append("        ").append(name).append(")\n");
    script
        .append("          if [[ \"$cur\" == -* ]]; then words=\"")
        .append(options)
        .append("\"\n");
    if (!command.getSubcommands().isEmpty()) {
      String names = String.join(" ", command.getSubcommands().keySet());
      script.append("          else words=\"").append(names).append("\"\n");
    } else if (!positional.isEmpty()) {
      String values = values(positional.get(0), words(positional.get(0)));
      script.append("          else ").append(values).append('\n');
    }
    script.append("          fi\n          ;;\n");
  }

  private static List<String> words(ArgSpec argument) {
    List<String> words = new ArrayList<>();
    if (argument.completionCandidates() != null) {
      StreamSupport.stream(argument.completionCandidates().spliterator(), false)
          .forEach(words::add);
    }
    boolean model = argument instanceof OptionSpec option && option.longestName().equals("--model");
    if (model) {
      words.addAll(Models.names());
    }
    return words;
  }

  private static String values(ArgSpec argument, List<String> words) {
    StringBuilder values = new StringBuilder("words=\"" + String.join(" ", words) + "\"");
    String label = argument.paramLabel();
    if (label.contains("DIR") || label.equals(ModelLookup.LABEL)) {
      values.append(" files=-d");
    } else if (label.contains("FILE")
        || argument.completionCandidates() instanceof Choices.TaskNames) {
      values.append(" files=-f");
    }
    boolean tasks =
        argument.completionCandidates() instanceof Choices.TaskNames && argument.isMultiValue();
    boolean list = tasks || argument.parameterConsumer() instanceof CommaList;
    return values.append(list ? " list=yes" : "").toString();
  }
}
