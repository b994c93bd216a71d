package org.ptuning4j.spark.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * A folder that the driver and every machine of the cluster see: on any file system that Spark
 * reads. A file in it is there whole or not at all.
 */
public final class SharedFolder {

  private final Path path;
  private final FileSystem files;
  private final FileContext context;

  private SharedFolder(Path path, FileSystem files, FileContext context) {
    this.path = path;
    this.files = files;
    this.context = context;
  }

  /** A folder, which need not exist. */
  public static SharedFolder at(String folder, Configuration configuration) {
    try {
      Path given = new Path(folder);
      FileSystem files = given.getFileSystem(configuration);
      Path path = files.makeQualified(given);
      FileContext context = FileContext.getFileContext(path.toUri(), configuration);
      files.setWriteChecksum(false);
      return new SharedFolder(path, files, context);
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static UncheckedIOException failed(String what, IOException cause) {
    return new UncheckedIOException(
        what + " cannot be read or written (" + cause.getMessage() + ")", cause);
  }

  /** Its full name. */
  @Override
  public String toString() {
    return path.toString();
  }

  /** Writes a file, in the place of one of that name; folders above it are made. */
  public void write(String name, byte[] bytes) {
    Path target = new Path(path, name);
    Path begun = new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID());
    try {
      try (OutputStream out = files.create(begun, true)) {
        out.write(bytes);
      }
      context.rename(begun, target, Options.Rename.OVERWRITE);
    } catch (IOException e) {
      throw failed(target.toString(), e);
    }
  }

  /** What is in a file; empty if there is none. */
  public Optional<byte[]> read(String name) {
    Path source = new Path(path, name);
    try (var in = files.open(source)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(source.toString(), e);
    }
  }

  /** The names of the files in a folder within it; none if that is not there. */
  public List<String> names(String folder) {
    Path within = folder.isEmpty() ? path : new Path(path, folder);
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus each : files.listStatus(within)) {
        if (each.isFile()) {
          names.add(each.getPath().getName());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw failed(within.toString(), e);
    }
    names.sort(null);
    return names;
  }

  /** The names of the folders in it. */
  public List<String> folders() {
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus each : files.listStatus(path)) {
        if (each.isDirectory()) {
          names.add(each.getPath().getName());
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw failed(path.toString(), e);
    }
    names.sort(null);
    return names;
  }

  /** Deletes a file, if it is there. */
  public void delete(String name) {
    try {
      files.delete(new Path(path, name), false);
    } catch (IOException e) {
      throw failed(name, e);
    }
  }
}
