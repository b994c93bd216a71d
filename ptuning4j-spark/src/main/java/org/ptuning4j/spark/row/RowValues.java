package org.ptuning4j.spark.row;

import java.io.Serializable;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Rows of a data frame as named values: texts, numbers, truth values, lists and maps of them, as
 * JSON has them. A column that is null is left out.
 *
 * @param renamed the name that the task knows a column by, where it has another
 */
public record RowValues(Map<String, String> renamed) implements Serializable {

  /** Copies the map. */
  public RowValues {
    renamed = new LinkedHashMap<>(renamed); // a serializable one
  }

  /** The values of a row. A column of a type that no task reads, such as bytes, is left out. */
  public Map<String, Object> of(Row row) {
    Map<String, Object> values = new LinkedHashMap<>();
    String[] names = row.schema().fieldNames();
    for (int i = 0; i < names.length; i++) {
      Object value = plain(row.get(i));
      if (value != null) {
        values.put(renamed.getOrDefault(names[i], names[i]), value);
      }
    }
    return values;
  }

  /** A value as JSON has it; null where it has none. */
  private static Object plain(Object value) {
    if (value instanceof String || value instanceof Boolean || value instanceof Number) {
      return value;
    }
    if (value instanceof scala.collection.Seq<?> list) {
      List<Object> plain = new ArrayList<>();
      CollectionConverters.asJava(list).forEach(each -> plain.add(plain(each)));
      return plain;
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      CollectionConverters.asJava(map)
          .forEach((key, each) -> plain.put(String.valueOf(key), plain(each)));
      return plain;
    }
    if (value instanceof Row struct) {
      return new RowValues(Map.of()).of(struct);
    }
    return value instanceof Date || value instanceof TemporalAccessor ? value.toString() : null;
  }
}
