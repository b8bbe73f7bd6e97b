/** Rows of the vector table as Arrow columns, built directly: no object per row on the way. */
import type { FixedSizeList, Float32, Schema, Table } from 'apache-arrow'
import { arrow } from './lance.ts'

export type Row = { id: string; vector: Float32Array; kind: string; source: string; time: number }

/** Columns: id, vector of a fixed length, kind and source id of what was embedded, its time in epoch milliseconds. */
export const schemaOf = (dimensions: number): Schema => {
  const { Field, FixedSizeList, Float32, Float64, Schema, Utf8 } = arrow()
  return new Schema([
    new Field('id', new Utf8(), false),
    new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32(), true)), false),
    new Field('kind', new Utf8(), false),
    new Field('source', new Utf8(), false),
    new Field('time', new Float64(), false),
  ])
}

/** An Arrow table of at least one row; every vector has `dimensions` numbers. */
export const toArrow = (dimensions: number, rows: Row[]): Table => {
  const { Float32, Float64, makeData, RecordBatch, Struct, Table, Utf8, vectorFromArray } = arrow()
  const schema = schemaOf(dimensions)
  const numbers = new Float32Array(rows.length * dimensions)
  rows.forEach((row, i) => {
    numbers.set(row.vector, i * dimensions)
  })
  const words = (values: string[]) => {
    const [data] = vectorFromArray(values, new Utf8()).data
    if (!data) throw new TypeError('a column needs rows')
    return data
  }
  const list = schema.fields[1]?.type as FixedSizeList<Float32>
  const child = makeData({ type: new Float32(), data: numbers })
  const struct = makeData({
    type: new Struct(schema.fields),
    length: rows.length,
    nullCount: 0,
    children: [
      words(rows.map((row) => row.id)),
      makeData({ type: list, length: rows.length, nullCount: 0, child }),
      words(rows.map((row) => row.kind)),
      words(rows.map((row) => row.source)),
      makeData({ type: new Float64(), data: Float64Array.from(rows, (row) => row.time) }),
    ],
  })
  return new Table(schema, [new RecordBatch(schema, struct)])
}
