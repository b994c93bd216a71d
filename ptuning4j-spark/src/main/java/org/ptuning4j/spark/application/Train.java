package org.ptuning4j.spark.application;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.spark.PromptModel;
import org.ptuning4j.spark.PromptTuning;

/**
 * Trains on a file, for {@code spark-submit}: {@code Train data=FILE [format=json] name=value …},
 * where the names are the parameters of {@link PromptTuning}. Prints the result; the pack is in
 * {@code out}.
 */
public final class Train {

  private static final String DATA = "data";
  private static final String FORMAT = "format";

  private Train() {}

  /** Runs the program. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> given;
    PromptTuning tuning;
    try {
      given = parsed(arguments);
      tuning = tuning(given);
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    try (SparkSession spark = SparkSession.builder().appName("ptuning4j").getOrCreate()) {
      String format = given.getOrDefault(FORMAT, "json").toLowerCase(Locale.ROOT);
      Dataset<Row> rows =
          spark
              .read()
              .format(format)
              .option("header", true)
              .option("inferSchema", true)
              .load(given.get(DATA));
      PromptModel model = tuning.fit(rows);
      System.out.println(model.result());
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  private static Map<String, String> parsed(String[] arguments) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String each : arguments) {
      int at = each.indexOf('=');
      if (at < 1) {
        throw InvalidInputException.of("'%s' is not of the form name=value", each);
      }
      given.put(each.substring(0, at), each.substring(at + 1));
    }
    if (!given.containsKey(DATA)) {
      throw InvalidInputException.of("data=FILE is missing; then name=value for parameters");
    }
    return given;
  }

  private static PromptTuning tuning(Map<String, String> given) {
    PromptTuning tuning = new PromptTuning();
    given.forEach(
        (name, value) -> {
          if (!name.equals(DATA) && !name.equals(FORMAT)) {
            set(tuning, name, value);
          }
        });
    return tuning;
  }

  private static void set(PromptTuning tuning, String name, String value) {
    if (!tuning.hasParam(name)) {
      tuning.setSetting(name, value); // by its name on the command line, or refused
      return;
    }
    Param<Object> param = tuning.getParam(name);
    try {
      tuning.set(param, isText(param) ? value : param.jsonDecode(value));
    } catch (RuntimeException e) {
      throw new InvalidInputException("%s: '%s' cannot be read".formatted(name, value), e);
    }
  }

  private static boolean isText(Param<Object> param) {
    return param.getClass() == Param.class;
  }
}
