/** JSON as data files hold it: one configuration of the parser, and the shapes of such files. */
package org.ptuning4j.data.json;
