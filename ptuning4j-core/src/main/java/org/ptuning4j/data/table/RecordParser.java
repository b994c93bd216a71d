package org.ptuning4j.data.table;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.data.Entry;

/** What differs between the formats: how lines become records. */
interface RecordParser {

  /** The columns known so far. */
  List<String> columnNames();

  /** The next record, or empty at the end of the lines. */
  Optional<Entry> next() throws IOException;
}
