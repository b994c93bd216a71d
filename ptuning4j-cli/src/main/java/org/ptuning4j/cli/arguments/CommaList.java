package org.ptuning4j.cli.arguments;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.ptuning4j.InvalidInputException;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Reads an option whose value is a list with commas, such as {@code --labels a,b}. An item with a
 * comma in it is put into quotation marks, as in CSV files: {@code --labels '"yes, always",no}.
 */
public final class CommaList implements IParameterConsumer {

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setIgnoreSurroundingSpaces(true).setIgnoreEmptyLines(false).get();

  /** Adds the items of the next argument to those of earlier ones. */
  @Override
  @SuppressWarnings("JdkObsolete") // the interface's own type
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    String name = option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
    if (arguments.isEmpty()) {
      throw new ParameterException(command.commandLine(), name + ": a value is missing");
    }
    List<String> items = new ArrayList<>();
    List<String> earlier = option.getValue();
    if (earlier != null) {
      items.addAll(earlier);
    }
    try {
      items.addAll(split(arguments.pop()));
    } catch (InvalidInputException e) {
      throw new ParameterException(command.commandLine(), name + ": " + e.getMessage(), e);
    }
    option.setValue(items);
  }

  /**
   * The items of a list.
   *
   * @throws InvalidInputException if one is empty, or a quotation mark is not closed
   */
  public static List<String> split(String list) {
    List<String> items = records(list).stream().flatMap(record -> record.stream()).toList();
    if (items.isEmpty() || items.stream().anyMatch(String::isBlank)) {
      throw InvalidInputException.of("'%s' has an empty item; items are separated by commas", list);
    }
    return items;
  }

  private static List<CSVRecord> records(String list) {
    try (CSVParser parser = CSVParser.parse(list, FORMAT)) {
      return parser.getRecords();
    } catch (IOException | IllegalStateException | java.io.UncheckedIOException e) {
      throw new InvalidInputException(
          "'"
              + list
              + "' is not a list with commas: put an item with a comma or a quotation mark into"
              + " quotation marks, and double those that are part of it, as in \"a, b\",\"the"
              + " \"\"c\"\"\"",
          e);
    }
  }

  /** An item as {@link #split} reads it again. */
  public static String quoted(String item) {
    boolean plain =
        item.equals(item.strip()) && item.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n');
    return plain ? item : '"' + item.replace("\"", "\"\"") + '"';
  }
}
