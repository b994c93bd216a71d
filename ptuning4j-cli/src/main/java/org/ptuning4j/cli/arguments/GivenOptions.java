package org.ptuning4j.cli.arguments;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Which options of a command were given. */
public final class GivenOptions {

  private GivenOptions() {}

  /**
   * Those of a command line that has been parsed; the lists with commas too, which picocli's own
   * result lacks as it does all that is read by a consumer of the command's.
   */
  public static List<OptionSpec> of(CommandLine command) {
    List<OptionSpec> matched = command.getParseResult().matchedOptions();
    return command.getCommandSpec().options().stream()
        .filter(option -> matched.contains(option) || isGivenList(option))
        .toList();
  }

  private static boolean isGivenList(OptionSpec option) {
    return option.parameterConsumer() instanceof CommaList
        && option.getValue() instanceof List<?> items
        && !items.equals(option.initialValue());
  }
}
